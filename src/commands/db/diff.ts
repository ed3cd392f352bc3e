import { Command } from "@cliffy/command";
import { listSchemas, rawSql } from "../../client/backend/database.ts";
import type { HttpClient } from "../../client/http.ts";
import { sourceOf, textArray } from "../../client/backend/source.ts";
import type { Context, Run } from "../../cli/context.ts";
import { tellForeign } from "./foreign_schemas.ts";
import { OperationError, UsageError } from "../../core/errors.ts";
import { writeOutputFile } from "../../files/output_file.ts";
import { splitStatements } from "../../shared/sql/splitter.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { raw, success, text, type View } from "../../terminal/view.ts";
import { withScratchBackend } from "../local/scratch.ts";
import type { Difference } from "./diff/change.ts";
import { differenceOn } from "./diff/on_scratch.ts";
import { scriptOf } from "./diff/script.ts";
import { readMigrationFiles } from "./migrations/files.ts";
import { migrationName, writeMigration } from "./migrations/new_file.ts";
import { runUp } from "./migrations/up.ts";

interface Options {
  output?: string;
  name?: string;
  drops?: boolean;
  record?: boolean;
  check?: boolean;
}

/** `insforge db diff`: what the database has and the migrations lack. */
export const diff = (run: Run) =>
  new Command()
    .option("-o, --output <path:string>", "Write to a file (default: standard output).")
    .option("--name <name:string>", "Write a new migration of this name.")
    .option("--record", "With --name: note that this database has it already.", {
      depends: ["name"],
    })
    .option("--drops", "Also run what loses data; else it stands in comments.")
    .option("--check", "End with 1 when there is a difference.")
    .example("See what the migrations lack", "insforge db diff")
    .example("Make a migration of it", "insforge db diff --name add-comments --record")
    .example("Fail a build on drift", "insforge db diff --check")
    .action(run(runDiff));

/**
 * Applies the migrations to an empty backend of its own and compares the catalogs.
 * @throws {UsageError} for --output and --name at once
 * @throws {HttpError} when a migration does not apply
 */
async function runDiff(context: Context, options: Options): Promise<Result> {
  const { output, name, drops = false, record = false, check = false } = options;
  if (output !== undefined && name !== undefined) {
    throw new UsageError("Give --output or --name, not both.");
  }
  const migration = name === undefined ? undefined : migrationName(name);
  const backend = await context.backend();
  const { changes, unbridged } = await difference(context, backend);
  const script = scriptOf(changes, name ?? "What the database has and the migrations lack.", drops);
  for (const { object, why } of unbridged) context.warn(`Not in it: ${object}: ${why}.`);
  const commented = drops ? [] : changes.filter(({ isDestructive }) => isDestructive);
  if (commented.length > 0) {
    context.warn(
      `${plural(commented.length, "statement")} that lose data stand in comments: look at them.`,
    );
  }
  const isSame = changes.length === 0 && unbridged.length === 0;
  const written = changes.length === 0
    ? {}
    : await write(context, backend, script, { output, migration, record });
  const data = {
    different: !isSame,
    sql: changes.length === 0 ? "" : script,
    destructive: changes.filter(({ isDestructive }) => isDestructive).map(({ sql }) => sql),
    unbridged,
    ...written,
  };
  return { data, view: viewOf(data, isSame, record), exitCode: check && !isSame ? 1 : 0 };
}

async function difference(context: Context, backend: HttpClient): Promise<Difference> {
  using progress = context.progress("Starting an empty backend");
  return await withScratchBackend(context, async (scratch) => {
    progress.update("Applying the migrations to it");
    if ((await readMigrationFiles(context)).length > 0) await runUp(scratch, {});
    progress.update("Comparing the schemas");
    const empty = await scratch.backend();
    const [here, there] = await Promise.all([listSchemas(backend), listSchemas(empty)]);
    tellForeign(context, here.foreign);
    const schemas = [...new Set([...here.own, ...there.own])];
    return await differenceOn(empty, sourceOf(backend), schemas);
  });
}

/** Where a difference went. */
interface Written {
  readonly path?: string;
  readonly version?: string;
  readonly name?: string;
}

async function write(
  context: Context,
  backend: HttpClient,
  script: string,
  { output, migration, record }: { output?: string; migration?: string; record: boolean },
): Promise<Written> {
  if (migration !== undefined) {
    const made = await writeMigration(context, migration, script);
    if (record) await recordApplied(backend, made, script);
    return made;
  }
  if (output === undefined || output === "-") return {};
  await writeOutputFile(context.launch, output, ReadableStream.from([script]));
  return { path: output };
}

/** Notes in the database that it has what a migration would do. */
async function recordApplied(
  backend: HttpClient,
  { version, name }: { version: string; name: string },
  script: string,
): Promise<void> {
  const statements = splitStatements(script).map(({ text }) => text);
  const { rows } = await rawSql(
    backend,
    `INSERT INTO system.custom_migrations (version, name, statements) VALUES ($1, $2, $3::text[])
     ON CONFLICT DO NOTHING RETURNING version`,
    { unrestricted: true, params: [version, name, textArray(statements)] },
  );
  if (rows.length === 0) {
    throw new OperationError(`The database has another migration ${version} already.`, "CONFLICT", {
      hint: "See with `insforge db migrations status`.",
    });
  }
}

function viewOf(data: Written & { sql: string }, isSame: boolean, isRecorded: boolean): View[] {
  if (isSame) return [success("The database is what the migrations make.")];
  if (data.path === undefined) return data.sql === "" ? [] : [raw(data.sql)];
  const views: View[] = [success(`Wrote ${data.path}.`)];
  if (data.version !== undefined && !isRecorded) {
    views.push(
      text("This database has it already: with --record, `db migrations up` passes it over here."),
    );
  }
  return views;
}
