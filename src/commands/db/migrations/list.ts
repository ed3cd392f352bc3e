import { Command } from "@cliffy/command";
import { listMigrations } from "../../../client/backend/migrations.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { table } from "../../../terminal/view.ts";

/** `insforge db migrations list`: what the database has. */
export const list = (run: Run) =>
  new Command()
    .example("List what was applied", "insforge db migrations list")
    .action(run(runList));

/** Lists the applied migrations, oldest first. */
async function runList(context: Context): Promise<Result> {
  const migrations = await listMigrations(await context.backend());
  return {
    data: { migrations },
    view: table(
      [{ title: "Version", whole: true, align: "left" }, "Name", "Applied"],
      migrations.map(({ version, name, createdAt }) => [
        version,
        name,
        formatDate(createdAt, context.terminal),
      ]),
      "No migration was applied yet.",
    ),
  };
}
