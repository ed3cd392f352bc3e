import { Command } from "@cliffy/command";
import { join } from "@std/path";
import { reason } from "../../../files/reason.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { FileError, UsageError } from "../../../core/errors.ts";
import { migrationsFolder, readMigrationFiles } from "./files.ts";
import { createFile } from "../../../files/output_file.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";

/** `insforge db migrations new`: an empty migration. */
export const newMigration = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .example("Begin a migration", "insforge db migrations new add-comments")
    .action(run(runNew));

/**
 * Makes a file whose version is the time, or one more than the newest file's.
 * @throws {UsageError}
 */
async function runNew(context: Context, _: unknown, title: string): Promise<Result> {
  const name = title.toLowerCase().replaceAll(/[\s_]+/g, "-");
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw new UsageError(`${JSON.stringify(title)} cannot name a migration.`, {
      hint: "Use letters, digits and hyphens, such as add-comments.",
    });
  }
  const now = context.clock.now().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const newest = (await readMigrationFiles(context)).at(-1)?.version ?? "0";
  const version = BigInt(now) > BigInt(newest) ? now : String(BigInt(newest) + 1n);
  const path = join(migrationsFolder(context), `${version}_${name}.sql`);
  try {
    await createFile(migrationsFolder(context), path, `-- ${title}\n\n`);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`Cannot write ${path}: ${reason(error)}.`, { cause: error });
  }
  return {
    data: { version, name, path },
    view: success(`Made ${path}. Write its SQL, then run: insforge db migrations up`),
  };
}
