/** The folder `migrations/` of a project: files named `<version>_<name>.sql`. */
import { join } from "@std/path";
import { placeWithin } from "../../../files/real_path.ts";
import { requireNoPipe } from "../../../files/read_file.ts";
import { reason } from "../../../files/reason.ts";
import { placeOf } from "../../../files/typed_path.ts";
import type { Context } from "../../../cli/context.ts";
import { FileError } from "../../../core/errors.ts";

/** A migration's file. */
export interface MigrationFile {
  /** Without leading zeros: versions are numbers of up to 64 digits. */
  readonly version: string;
  readonly name: string;
  readonly file: string;
}

/** What is said where neither the folder nor the database has one. */
export const NO_MIGRATIONS = "There are no migrations in migrations/. Begin one with: " +
  "insforge db migrations new NAME. Those of another tool are run by: insforge db import FOLDER";

/** Where the files of the project are. */
export function migrationsFolder({ launch }: Context): string {
  return placeOf(launch, join(launch.projectRoot, "migrations"));
}

/**
 * The files in the order of their versions; none where there is no folder.
 * @throws {FileError} for a file whose name is not a migration's, for two of one version, for a
 * pipe, and for a link that leads out of the folder
 */
export async function readMigrationFiles(context: Context): Promise<MigrationFile[]> {
  const folder = migrationsFolder(context);
  const files: MigrationFile[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory || !name.endsWith(".sql")) continue;
      await requireNoPipe(placeWithin(folder, join(folder, name)));
      files.push(parseName(name));
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    if (error instanceof Deno.errors.NotFound) return [];
    throw new FileError(`Cannot read ${folder}: ${reason(error)}.`, { cause: error });
  }
  files.sort((a, b) => compareVersions(a.version, b.version) || (a.file < b.file ? -1 : 1));
  const twice = files.find(({ version }, n) => files[n + 1]?.version === version);
  if (twice) {
    const both = files.filter(({ version }) => version === twice.version).map(({ file }) => file);
    throw new FileError(`Two migrations have the version ${twice.version}: ${both.join(", ")}.`, {
      hint: "Rename one of them.",
    });
  }
  return files;
}

function parseName(file: string): MigrationFile {
  const [, digits, name] = /^(\d{1,64})_([a-z0-9-]+)\.sql$/.exec(file) ?? [];
  if (!digits || !name) {
    throw new FileError(`migrations/${file} is not named as a migration is.`, {
      hint: "Name it <version>_<name>.sql: digits, then lower-case letters, digits and hyphens.",
    });
  }
  return { version: digits.replace(/^0+(?=\d)/, ""), name, file };
}

/** Compares two versions as numbers. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [BigInt(a), BigInt(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
