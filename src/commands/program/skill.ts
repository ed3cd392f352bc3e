import { Command } from "@cliffy/command";
import { dirname, join } from "@std/path";
import { makeFolder } from "../../files/folders.ts";
import { placeOf } from "../../files/typed_path.ts";
import { writeOutputFile } from "../../files/output_file.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { skillText } from "../../reference/skill.ts";
import type { Result } from "../../terminal/present.ts";
import { raw, success } from "../../terminal/view.ts";

const PLACE = ".claude/skills/insforge/SKILL.md";

/** `insforge skill`: this version's commands, for coding agents. */
export const skill = (run: Run) =>
  new Command()
    .arguments("[install:string]")
    .option("-o, --output <path:string>", `Where install writes it (default: ${PLACE}).`)
    .example("Read it", "insforge skill")
    .example("Write it where agents look", "insforge skill install")
    .action(run(runSkill));

/** Prints the skill, or writes it. @throws {UsageError} for another word than install */
async function runSkill(
  context: Context,
  options: { output?: string },
  word?: string,
): Promise<Result> {
  if (word !== undefined && word !== "install") {
    throw new UsageError(`insforge skill does not know ${JSON.stringify(word)}.`, {
      hint: "Type insforge skill to read it, or insforge skill install to write it.",
    });
  }
  const text = skillText(await context.everyCommand(), context.launch.version);
  if (word === undefined && options.output === undefined) {
    return { data: { text }, view: raw(text) };
  }
  const path = options.output ?? join(context.launch.projectRoot, PLACE);
  if (options.output === undefined) {
    await makeFolder(dirname(placeOf(context.launch, path)));
  }
  await writeOutputFile(context.launch, path, ReadableStream.from([text]));
  return { data: { success: true, path }, view: success(`Wrote ${path}.`) };
}
