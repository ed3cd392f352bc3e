import { Command } from "@cliffy/command";
import { join } from "@std/path";
import { applyMigration, listMigrations } from "../../../client/backend/migrations.ts";
import type { Context, Run } from "../../../cli/context.ts";
import {
  FileError,
  HttpError,
  NotFoundError,
  OperationError,
  UsageError,
} from "../../../core/errors.ts";
import { readTextInput } from "../../../cli/input.ts";
import { compareVersions, migrationsFolder, readMigrationFiles } from "./files.ts";
import { planMigrations, type PlannedMigration } from "./plan.ts";
import { plural } from "../../../terminal/plural.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text } from "../../../terminal/view.ts";
import { splitStatements } from "../../../shared/sql/splitter.ts";

/** `insforge db migrations up`: applies the files that the database does not have. */
export const up = (run: Run) =>
  new Command()
    .option("--to <version:string>", "The last version to apply.")
    .example("Apply all", "insforge db migrations up")
    .example("Stop at a version", "insforge db migrations up --to 20260102030405")
    .action(run(runUp));

/**
 * Applies pending migrations in order, each a transaction of its own, and stops at the first that
 * fails.
 * @throws {OperationError} when a file is older than what was applied
 * @throws {HttpError} naming the file, what was wrong in it, and what stays applied
 */
export async function runUp(context: Context, options: { to?: string }): Promise<Result> {
  const files = await readMigrationFiles(context);
  const last = options.to === undefined ? undefined : versionOf(options.to);
  if (last !== undefined && !files.some(({ version }) => version === last)) {
    throw new NotFoundError(`There is no file for version ${options.to} in migrations/.`);
  }
  const backend = await context.backend();
  const plan = planMigrations(files, await listMigrations(backend));
  const behind = plan.filter(({ state }) => state === "behind");
  if (behind.length > 0) {
    const names = behind.map(({ file }) => file).join(", ");
    throw new OperationError(
      `A newer version was applied before: ${names}.`,
      "MIGRATION_BEHIND",
      { hint: "Rename the file to a newer version; see insforge db migrations status." },
    );
  }
  const wanted = plan.filter(({ state, version }) =>
    state === "pending" && (last === undefined || compareVersions(version, last) <= 0)
  );
  const texts = await Promise.all(wanted.map(({ file }) => readMigration(context, file!)));
  const applied: { version: string; name: string }[] = [];
  using progress = context.progress("Applying migrations");
  for (const [n, migration] of wanted.entries()) {
    const { version, name, file } = migration;
    progress.update(`Applying ${file} (${n + 1} of ${wanted.length})`);
    const answer = await applyMigration(backend, { version, name, sql: texts[n]! })
      .catch((error) => {
        throw failure(error, migration, applied.length);
      });
    if (answer.version !== version) {
      throw new OperationError(
        `The backend recorded ${file} as version ${answer.version}.`,
        "INVALID_RESPONSE",
      );
    }
    applied.push({ version, name });
  }
  progress.stop();
  return {
    data: { applied },
    view: applied.length === 0 ? text("Nothing to apply: the database is up to date.") : [
      ...applied.map(({ version, name }) => text(`${version}  ${name}`)),
      success(`Applied ${plural(applied.length, "migration")}.`),
    ],
  };
}

function versionOf(text: string): string {
  if (/^\d{1,64}$/.test(text)) return String(BigInt(text));
  throw new UsageError(`--to is not a version: ${JSON.stringify(text)}.`, {
    hint: "Give the digits that a file's name begins with.",
  });
}

async function readMigration(context: Context, file: string): Promise<string> {
  const sql = await readTextInput(context, join(migrationsFolder(context), file));
  if (splitStatements(sql).length > 0) return sql;
  throw new FileError(`migrations/${file} has no SQL statement.`, {
    hint: "Write it, or remove the file.",
  });
}

function failure(error: unknown, { file }: PlannedMigration, done: number): unknown {
  if (!(error instanceof HttpError)) return error;
  const { message, status, code, exitCode, excerpt, hint, facts } = error;
  const kept = done > 0 ? `${plural(done, "migration")} before it stayed applied.` : undefined;
  return new HttpError(`migrations/${file}: ${message}`, status, code, exitCode, {
    excerpt,
    hint: [kept, hint].filter(Boolean).join(" ") || undefined,
    facts: { ...facts, file, applied: done },
    cause: error,
  });
}
