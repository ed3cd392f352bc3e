import { Command } from "@cliffy/command";
import { listMigrations } from "../../../client/backend/migrations.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { NO_MIGRATIONS, readMigrationFiles } from "./files.ts";
import { type MigrationState, planMigrations } from "./plan.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { table, text } from "../../../terminal/view.ts";

const STATES: Readonly<Record<MigrationState, string>> = {
  applied: "applied",
  pending: "pending",
  behind: "behind the newest",
  missing: "applied, no file",
};

/** `insforge db migrations status`: the files against the database. */
export const status = (run: Run) =>
  new Command()
    .example("See what would be applied", "insforge db migrations status")
    .action(run(runStatus));

/** Compares the folder `migrations/` with what was applied. */
async function runStatus(context: Context): Promise<Result> {
  const files = await readMigrationFiles(context);
  const migrations = planMigrations(files, await listMigrations(await context.backend()));
  const count = (wanted: MigrationState) =>
    migrations.filter(({ state }) => state === wanted).length;
  const [pending, behind] = [count("pending"), count("behind")];
  return {
    data: { migrations, pending, behind },
    view: [
      table(
        [{ title: "Version", whole: true, align: "left" }, "Name", "State", "Applied"],
        migrations.map(({ version, name, state, appliedAt }) => [
          version,
          name,
          STATES[state],
          formatDate(appliedAt, context.terminal) ?? "",
        ]),
        NO_MIGRATIONS,
      ),
      ...(pending ? [text(`Apply ${pending} with: insforge db migrations up`)] : []),
      ...(behind
        ? [text("A file behind the newest version is never applied: give it a newer version.")]
        : []),
    ],
  };
}
