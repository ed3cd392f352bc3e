import { Command } from "@cliffy/command";
import { callFunction } from "../../client/backend/database.ts";
import type { Context, Run } from "../../cli/context.ts";
import { parseJsonObject } from "../../cli/input.ts";
import type { Result } from "../../terminal/present.ts";
import { raw } from "../../terminal/view.ts";

/** `insforge db rpc`: calls a function of the database. */
export const rpc = (run: Run) =>
  new Command()
    .arguments("<function:string>")
    .option("--data <json:string>", "The arguments by name, as a JSON object.")
    .example("Call a function", "insforge db rpc refresh_totals")
    .example("With arguments", `insforge db rpc add --data '{"a": 1, "b": 2}'`)
    .action(run(runRpc));

/**
 * Calls it and shows the result as JSON, `null` where there is none.
 * @throws {UsageError} for bad JSON
 */
export async function runRpc(
  context: Context,
  { data }: { data?: string },
  name: string,
): Promise<Result> {
  const args = data === undefined ? undefined : parseJsonObject(data, "--data");
  const backend = await context.backend();
  using progress = context.progress(`Calling ${name}`);
  const result = await callFunction(backend, name, args);
  progress.stop();
  return { data: result, view: raw(`${JSON.stringify(result, null, 2)}\n`) };
}
