import { Command } from "@cliffy/command";
import { join } from "@std/path";
import { createFile } from "../../files/output_file.ts";
import { reason } from "../../files/reason.ts";
import type { Context, Run } from "../../cli/context.ts";
import { FileError, UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { WORKFLOWS } from "./workflows.ts";

/** `insforge ci init`. */
export const init = (run: Run) =>
  new Command()
    .arguments("<service:string>")
    .option("--test <command:string>", "What runs the tests (default: npm test).")
    .example("For GitHub", "insforge ci init github")
    .example("For GitLab, with another command", 'insforge ci init gitlab --test "deno test -A"')
    .action(run(runInit));

/**
 * Writes the workflow; one that is there is left as it is. @throws {UsageError} @throws {FileError}
 */
async function runInit(
  context: Context,
  { test = "npm test" }: { test?: string },
  service: string,
): Promise<Result> {
  if (service !== "github" && service !== "gitlab") {
    throw new UsageError(`There is no workflow for ${JSON.stringify(service)}.`, {
      hint: "Use github or gitlab.",
    });
  }
  if (!/^\P{Cc}+$/u.test(test.trim())) {
    throw new UsageError(`--test must be one line: ${JSON.stringify(test)}.`, {
      hint: 'Such as --test "npm test"; several commands go into a script of package.json.',
    });
  }
  const { folder, name, text } = WORKFLOWS[service];
  const root = join(context.launch.projectRoot, folder);
  const path = join(root, name);
  try {
    await createFile(root, path, text(test));
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new FileError(`${path} is there already: nothing was written.`, {
        hint: "Move it away, or take the steps over by hand: insforge docs instructions",
      });
    }
    if (error instanceof FileError) throw error;
    throw new FileError(`Cannot write ${path}: ${reason(error)}.`, { cause: error });
  }
  return { data: { success: true, path }, view: success(`Wrote ${path}. Commit it.`) };
}
