import { Command } from "@cliffy/command";
import { connectionUrl } from "../../client/backend/connection.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { raw } from "../../terminal/view.ts";

/** `insforge db connection-string`: the address for other PostgreSQL clients. */
export const connectionString = (run: Run) =>
  new Command()
    .example("Open psql", 'psql "$(insforge db connection-string)"')
    .action(run(runConnectionString));

/** Shows the address with its password: that is what the command is for. */
export async function runConnectionString(context: Context): Promise<Result> {
  const url = await connectionUrl(context, await context.backend());
  return { data: { connectionURL: url }, view: raw(`${url}\n`) };
}
