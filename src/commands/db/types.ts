import { Command } from "@cliffy/command";
import { listOwnSchemas } from "../../client/backend/database.ts";
import type { Context, Run } from "../../cli/context.ts";
import { sourceOf } from "../../client/backend/source.ts";
import { UsageError } from "../../core/errors.ts";
import { writeOutputFile } from "../../files/output_file.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { raw, success } from "../../terminal/view.ts";
import { readTypes } from "./typegen/schema.ts";
import { typescriptTypes } from "./typegen/typescript.ts";

interface Options {
  lang?: string;
  output?: string;
}

/** `insforge db types`: the types of the database for a program that uses it. */
export const types = (run: Run) =>
  new Command()
    .option("--lang <language:string>", "The language: typescript.", { default: "typescript" })
    .option("-o, --output <path:string>", "Write to a file instead of standard output.")
    .example("Write them beside the code", "insforge db types -o src/database.ts")
    .action(run(runTypes));

/** Describes rows, inserts, updates, enums and functions of all schemas. @throws {UsageError} */
export async function runTypes(context: Context, { lang, output }: Options): Promise<Result> {
  if (lang !== undefined && lang !== "typescript") {
    throw new UsageError(`There are no types for ${lang}.`, { hint: "Use --lang typescript." });
  }
  const backend = await context.backend();
  using progress = context.progress("Reading the schema");
  const found = await readTypes(sourceOf(backend), await listOwnSchemas(backend));
  progress.stop();
  const text = typescriptTypes(found);
  const { relations, enums, routines } = found;
  const counts = {
    tables: relations.filter(({ kind }) => kind === "table").length,
    views: relations.filter(({ kind }) => kind === "view").length,
    enums: enums.length,
    functions: routines.length,
  };
  if (output === undefined || output === "-") {
    return { data: { language: "typescript", types: text, ...counts }, view: raw(text) };
  }
  const bytes = await writeOutputFile(context.launch, output, ReadableStream.from([text]));
  const what = [plural(counts.tables, "table"), plural(counts.functions, "function")].join(", ");
  return {
    data: { success: true, path: output, bytes, language: "typescript", ...counts },
    view: success(`Wrote the types of ${what} to ${output}.`),
  };
}
