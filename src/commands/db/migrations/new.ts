import { Command } from "@cliffy/command";
import { relative } from "@std/path";
import type { Context, Run } from "../../../cli/context.ts";
import { migrationName, writeMigration } from "./new_file.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";

/** `insforge db migrations new`: an empty migration. */
export const newMigration = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .example("Begin a migration", "insforge db migrations new add-comments")
    .action(run(runNew));

/** Makes an empty one. @throws {UsageError} */
async function runNew(context: Context, _: unknown, title: string): Promise<Result> {
  const made = await writeMigration(context, migrationName(title), `-- ${title}\n\n`);
  const shown = relative(context.launch.cwd, made.path);
  return {
    data: made,
    view: success(`Made ${shown}. Write its SQL, then run: insforge db migrations up`),
  };
}
