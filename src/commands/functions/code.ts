import { Command } from "@cliffy/command";
import { getFunction } from "../../client/backend/functions.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { raw } from "../../terminal/view.ts";

/** `insforge functions code`: the source that was deployed. */
export const code = (run: Run) =>
  new Command()
    .arguments("<slug:string>")
    .example("Read it", "insforge functions code hello")
    .example("Keep it", "insforge functions code hello > hello.ts")
    .action(run(runCode));

/** Puts the bare source on stdout, and what is known of the function on stderr. */
async function runCode(context: Context, _options: unknown, slug: string): Promise<Result> {
  const found = await getFunction(await context.backend(), slug);
  const source = found.code ?? "";
  context.note(`${found.name} (${found.slug})`);
  context.note(`Status: ${found.status}`);
  if (found.description) context.note(`Description: ${found.description}`);
  const deployed = formatDate(found.deployedAt, context.terminal);
  if (deployed) context.note(`Deployed: ${deployed}`);
  context.note("---");
  return { data: found, view: raw(source.endsWith("\n") ? source : `${source}\n`) };
}
