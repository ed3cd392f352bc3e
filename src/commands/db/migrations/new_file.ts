/** Makes files of migrations. */
import { join } from "@std/path";
import { reason } from "../../../files/reason.ts";
import type { Context } from "../../../cli/context.ts";
import { FileError, UsageError } from "../../../core/errors.ts";
import { migrationsFolder, readMigrationFiles } from "./files.ts";
import { createFile } from "../../../files/output_file.ts";

/** A title as the name of a file. @throws {UsageError} */
export function migrationName(title: string): string {
  const name = title.toLowerCase().replaceAll(/[\s_]+/g, "-");
  if (/^[a-z0-9-]+$/.test(name)) return name;
  throw new UsageError(`${JSON.stringify(title)} cannot name a migration.`, {
    hint: "Use letters, digits and hyphens, such as add-comments.",
  });
}

/**
 * Writes a new file whose version is the time, or one more than the newest file's.
 * @throws {FileError} when it cannot be written
 */
export async function writeMigration(
  context: Context,
  name: string,
  sql: string,
): Promise<{ version: string; name: string; path: string }> {
  const now = context.clock.now().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const newest = (await readMigrationFiles(context)).at(-1)?.version ?? "0";
  const version = BigInt(now) > BigInt(newest) ? now : String(BigInt(newest) + 1n);
  const path = join(migrationsFolder(context), `${version}_${name}.sql`);
  try {
    await createFile(migrationsFolder(context), path, sql);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`Cannot write ${path}: ${reason(error)}.`, { cause: error });
  }
  return { version, name, path };
}
