import { Command } from "@cliffy/command";
import { join } from "@std/path";
import { fetchMigrations, type StoredMigration } from "../../../client/backend/migrations.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { FileError } from "../../../core/errors.ts";
import { createFile } from "../../../files/output_file.ts";
import { reason } from "../../../files/reason.ts";
import { plural } from "../../../terminal/plural.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text } from "../../../terminal/view.ts";
import { migrationsFolder, readMigrationFiles } from "./files.ts";

/** `insforge db migrations fetch`: files of what was applied elsewhere. */
export const fetch = (run: Run) =>
  new Command()
    .example("Have the files of what others applied", "insforge db migrations fetch")
    .action(run(runFetch));

/**
 * Writes a file for each applied migration that has none here; a file that is there stays as it is.
 * @throws {FileError}
 */
async function runFetch(context: Context): Promise<Result> {
  const folder = migrationsFolder(context);
  const here = new Set((await readMigrationFiles(context)).map(({ version }) => version));
  const applied = await fetchMigrations(await context.backend());
  const missing = applied.filter(({ version }) => !here.has(version));
  const empty = missing.filter(({ statements }) => statements.length === 0);
  if (empty.length > 0) {
    const versions = empty.map(({ version }) => version).join(", ");
    context.warn(`The backend does not say what these versions did: ${versions}.`);
  }
  const created: string[] = [];
  for (const migration of missing.filter(({ statements }) => statements.length > 0)) {
    const file = fileName(migration);
    await write(folder, file, sqlOf(migration.statements));
    created.push(file);
  }
  const skipped = applied.length - missing.length;
  return {
    data: { created, skipped },
    view: [
      ...created.map((file) => text(`migrations/${file}`)),
      created.length > 0
        ? success(`Made ${plural(created.length, "file")}; ${skipped} were there already.`)
        : text("Nothing to fetch: every applied migration has its file."),
    ],
  };
}

/** Versions and names come from the server: they become a file's name only in their own form. */
function fileName({ version, name }: StoredMigration): string {
  if (!/^\d{1,64}$/.test(version)) {
    throw new FileError(`The backend's migration ${JSON.stringify(version)} cannot name a file.`);
  }
  const own = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return `${version}_${own.slice(0, 100) || "migration"}.sql`;
}

function sqlOf(statements: readonly string[]): string {
  return statements.map((statement) => `${statement.trim().replace(/;$/, "")};\n`).join("\n");
}

async function write(folder: string, file: string, sql: string): Promise<void> {
  try {
    await createFile(folder, join(folder, file), sql);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`Cannot write migrations/${file}: ${reason(error)}.`, { cause: error });
  }
}
