import { Command } from "@cliffy/command";
import { join, relative } from "@std/path";
import { reason } from "../../files/reason.ts";
import type { Context, Run } from "../../cli/context.ts";
import { FileError, UsageError } from "../../core/errors.ts";
import { checkSlug, functionFolder } from "./local_files.ts";
import { createFile } from "../../files/output_file.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { TEMPLATE_NAMES, type TemplateName, templateSource } from "./templates.ts";

/** Browsers call most functions. */
const DEFAULT_TEMPLATE: TemplateName = "cors";

/** `insforge functions new`: a function to begin with, in its place. */
export const create = (run: Run) =>
  new Command()
    .arguments("<slug:string>")
    .option(
      "--template <name:string>",
      `One of ${TEMPLATE_NAMES.join(", ")} (default: ${DEFAULT_TEMPLATE}).`,
    )
    .example("Begin one", "insforge functions new hello")
    .example("One that takes signed events", "insforge functions new events --template webhook")
    .action(run(runNew));

interface Options {
  template?: string;
}

/** Writes the file; what is there is never touched. @throws {UsageError | FileError} */
async function runNew(context: Context, options: Options, slug: string): Promise<Result> {
  checkSlug(slug);
  const source = templateSource(templateNamed(options.template), slug);
  const path = join(functionFolder(context, slug), "index.ts");
  const shown = relative(context.launch.cwd, path);
  try {
    await createFile(context.launch.cwd, path, source);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw error instanceof Deno.errors.AlreadyExists
      ? new FileError(`${shown} is there already.`, { hint: "Choose another slug." })
      : new FileError(`Cannot write ${shown}: ${reason(error)}.`, { cause: error });
  }
  return {
    data: { slug, path: shown },
    view: [
      success(`${shown} was written.`),
      text(
        `Try it with \`insforge functions serve ${slug}\`, upload it with ` +
          `\`insforge functions deploy ${slug}\`.`,
      ),
    ],
  };
}

/** @throws {UsageError} */
function templateNamed(given: string = DEFAULT_TEMPLATE): TemplateName {
  const name = TEMPLATE_NAMES.find((name) => name === given);
  if (name) return name;
  throw new UsageError(`There is no template ${given}.`, {
    hint: `Use one of: ${TEMPLATE_NAMES.join(", ")}`,
  });
}
