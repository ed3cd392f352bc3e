import { Command } from "@cliffy/command";
import { basename, join } from "@std/path";
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
import {
  compareVersions,
  type MigrationFile,
  migrationsFolder,
  NO_MIGRATIONS,
  readMigrationFiles,
} from "./files.ts";
import { planMigrations, type PlannedMigration } from "./plan.ts";
import { tellMessages } from "../sql_messages.ts";
import { plural } from "../../../terminal/plural.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text, type View } from "../../../terminal/view.ts";
import { splitStatements } from "../../../shared/sql/splitter.ts";

/** `insforge db migrations up`: applies the files that the database does not have. */
export const up = (run: Run) =>
  new Command()
    .arguments("[migration:string]")
    .option("--to <migration:string>", "The last to apply: a version or a file.")
    .option("--all", "Apply all, as without it.")
    .example("Apply all", "insforge db migrations up")
    .example("Apply the next alone", "insforge db migrations up 20260102030405_add-comments.sql")
    .example("Stop at a version", "insforge db migrations up --to 20260102030405")
    .action(run(runUp));

/**
 * Applies pending migrations in order, each a transaction of its own, and stops at the first that
 * fails.
 * @throws {OperationError} when a file is older than what was applied
 * @throws {HttpError} naming the file, what was wrong in it, and what stays applied
 */
export async function runUp(
  context: Context,
  options: { to?: string; all?: boolean },
  only?: string,
): Promise<Result> {
  const targets = [only, options.to, options.all ? "" : undefined];
  if (targets.filter((target) => target !== undefined).length > 1) {
    throw new UsageError("Give one of: a migration, --to, --all.");
  }
  const files = await readMigrationFiles(context);
  const target = only ?? options.to;
  const last = target === undefined ? undefined : versionOf(target, files);
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
  if (only !== undefined && wanted.length > 1) {
    throw new OperationError(
      `Before ${wanted.at(-1)!.file} there is ${wanted[0]!.file} to be applied.`,
      "MIGRATION_BEHIND",
      { hint: `Apply both, and what is between, with: insforge db migrations up --to ${only}` },
    );
  }
  const texts: string[] = [];
  for (const { file } of wanted) texts.push(await readMigration(context, file!));
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
    tellMessages(context, answer, { name: `migrations/${file}` });
    applied.push({ version, name });
  }
  progress.stop();
  return {
    data: { applied },
    view: plan.length === 0 ? text(NO_MIGRATIONS) : viewOf(applied),
  };
}

function viewOf(applied: readonly { version: string; name: string }[]): View | View[] {
  if (applied.length === 0) return text("Nothing to apply: the database is up to date.");
  return [
    ...applied.map(({ version, name }) => text(`${version}  ${name}`)),
    success(`Applied ${plural(applied.length, "migration")}.`),
  ];
}

/** The version of a file that is named by it, or by its name or path. @throws {UsageError} */
function versionOf(target: string, files: readonly MigrationFile[]): string {
  const name = basename(target);
  const isVersion = /^\d{1,64}$/.test(target);
  const found = files.find(({ file, version }) =>
    isVersion ? version === String(BigInt(target)) : file === name || file === `${name}.sql`
  );
  if (found) return found.version;
  if (isVersion || /^\d{1,64}_[^/]*$/.test(name)) {
    throw new NotFoundError(`There is no file for ${target} in migrations/.`, {
      hint: "See what there is with: insforge db migrations status",
    });
  }
  throw new UsageError(`${JSON.stringify(target)} names no migration.`, {
    hint: "Give a file of migrations/, or the digits that its name begins with.",
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
