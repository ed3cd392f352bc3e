import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { NotFoundError } from "../../core/errors.ts";
import { ANSWERS, answerSchema } from "../../reference/answers/mod.ts";
import type { Result } from "../../terminal/present.ts";
import { raw, table } from "../../terminal/view.ts";

/** `insforge schema`: what programs can rely on in answers. */
export const schema = (run: Run) =>
  new Command()
    .arguments("[command...:string]")
    .example("What `db tables --json` answers", "insforge schema db tables")
    .example("Which commands have a schema", "insforge schema")
    .action(run(runSchema));

/** Shows the JSON Schema of a command's answer, or whose there are. @throws {NotFoundError} */
function runSchema(_context: Context, _options: unknown, ...words: string[]): Result {
  const name = words.join(" ");
  if (name === "") {
    const names = Object.keys(ANSWERS).sort();
    return { data: names, view: table(["Command"], names.map((one) => [one]), "There are none.") };
  }
  const found = answerSchema(name);
  if (found) return { data: found, view: raw(`${JSON.stringify(found, null, 2)}\n`) };
  throw new NotFoundError(`There is no schema of what \`insforge ${name}\` answers.`, {
    hint: "See which there are with: insforge schema",
  });
}
