/** What the files and the database say of each other. */
import type { AppliedMigration } from "../../../client/backend/migrations.ts";
import { compareVersions, type MigrationFile } from "./files.ts";

/**
 * `behind` is a file that was not applied although a newer one was; `missing` one that is applied
 * and has no file.
 */
export type MigrationState = "applied" | "pending" | "behind" | "missing";

export interface PlannedMigration {
  readonly version: string;
  readonly name: string;
  readonly state: MigrationState;
  /** Absent where the file is missing. */
  readonly file?: string;
  /** ISO 8601; absent where it is not applied. */
  readonly appliedAt?: string;
}

/** Every migration that is known here or there, by version. */
export function planMigrations(
  files: readonly MigrationFile[],
  applied: readonly AppliedMigration[],
): PlannedMigration[] {
  const head = applied.at(-1)?.version;
  const byVersion = new Map(applied.map((migration) => [migration.version, migration]));
  const local = files.map(({ version, name, file }): PlannedMigration => {
    const known = byVersion.get(version);
    if (known) return { version, name, file, state: "applied", appliedAt: known.createdAt };
    const isBehind = head !== undefined && compareVersions(version, head) < 0;
    return { version, name, file, state: isBehind ? "behind" : "pending" };
  });
  const here = new Set(files.map(({ version }) => version));
  const missing = applied.filter(({ version }) => !here.has(version))
    .map(({ version, name, createdAt }): PlannedMigration => ({
      version,
      name,
      state: "missing",
      appliedAt: createdAt,
    }));
  return [...local, ...missing].sort((a, b) => compareVersions(a.version, b.version));
}
