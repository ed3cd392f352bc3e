import { Command } from "@cliffy/command";
import { getFunction } from "../../client/backend/functions.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { raw } from "../../terminal/view.ts";

interface Options {
  deployed?: boolean;
}

/** `insforge functions code`: the source that was deployed. */
export const code = (run: Run) =>
  new Command()
    .arguments("<slug:string>")
    .option("--deployed", "What runs: the bundle, with what was imported.")
    .example("Read it", "insforge functions code hello")
    .example("Keep it", "insforge functions code hello > hello.ts")
    .action(run(runCode));

/** Puts the author's source on stdout, and what is known of the function on stderr. */
async function runCode(context: Context, options: Options, slug: string): Promise<Result> {
  const found = await getFunction(await context.backend(), slug);
  if (typeof found.code !== "string") {
    throw new OperationError(`The backend gave no code of ${slug}.`, "INVALID_RESPONSE", {
      hint: "Check that the address is that of an InsForge backend.",
    });
  }
  const { authorSource } = await import("../../shared/bundling/upload.ts");
  const own = options.deployed ? undefined : await authorSource(found.code);
  const source = own?.sources[own.entry] ?? found.code;
  context.note(`${found.name} (${found.slug})`);
  context.note(`Status: ${found.status}`);
  if (found.description) context.note(`Description: ${found.description}`);
  const deployed = formatDate(found.deployedAt, context.terminal);
  if (deployed) context.note(`Deployed: ${deployed}`);
  context.note("---");
  return {
    data: { ...found, code: source, ...(own ? { files: own.sources } : {}) },
    view: raw(source.endsWith("\n") ? source : `${source}\n`),
  };
}
