/**
 * Imports a folder of SQL files, such as Supabase's migrations: each is a transaction of its own.
 */
import { basename, dirname, join, relative } from "@std/path";
import { notFoundIn } from "../../../client/backend/not_found.ts";
import type { Context } from "../../../cli/context.ts";
import { FileError, HttpError, UsageError } from "../../../core/errors.ts";
import { shellWord } from "../../../core/shell_word.ts";
import { isThere, placeWithin } from "../../../files/real_path.ts";
import { requireNoPipe } from "../../../files/read_file.ts";
import { placeOf } from "../../../files/typed_path.ts";
import { plural } from "../../../terminal/plural.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text } from "../../../terminal/view.ts";
import { Facts } from "./facts.ts";
import { parseName, shownName } from "./names.ts";
import { type Plan, planImport, WAYS_OVER, type Wishes } from "./plan.ts";
import { addMissing, hasStatements, type Left, leftOf, leftOut, readScript, tell } from "./read.ts";
import { sendScript } from "./send.ts";
import { SkippedCounts } from "./skipped.ts";
import { openSource } from "./source.ts";

/** What a folder of its own has for a migration: Prisma's and Drizzle's, Diesel's and Hasura's. */
const NESTED = ["migration.sql", "up.sql"];
const DAY = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;
/** The files that take migrations back, which lie beside those that make them. */
const DOWN = /(?:^|[._-])down\.sql(?:\.gz)?$/i;

/**
 * The SQL files of a folder in the order of their versions; undefined for what is no folder of
 * them.
 * @throws {FileError} for a link that leads out of the folder, and for a pipe
 */
export async function sqlFilesIn(context: Context, path: string): Promise<string[] | undefined> {
  const folder = placeOf(context.launch, path);
  const isFolder = path !== "-" &&
    await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false);
  if (!isFolder) return undefined;
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const found = isDirectory
      ? nestedIn(folder, name)
      : /\.sql(?:\.gz)?$/i.test(name) && !DOWN.test(name)
      ? name
      : undefined;
    if (found === undefined) continue;
    await requireNoPipe(placeWithin(folder, join(folder, found)));
    names.push(found);
  }
  refuseLoose(path, names);
  return names.length === 0 ? undefined : names.sort(byVersion).map((name) => join(path, name));
}

/**
 * Beside migrations that are folders, a file has a place where its number is of their kind.
 * @throws {FileError} for one that has none
 */
function refuseLoose(path: string, names: readonly string[]): void {
  const [loose, nested] = [names.filter((name) => !isNested(name)), names.filter(isNested)];
  const lengths = new Set(nested.map((name) => digitsOf(name)?.length));
  const lost = loose.filter((name) => lengths.size > 0 && !lengths.has(digitsOf(name)?.length ?? 0))
    .sort();
  if (lost.length === 0) return;
  const [first] = lost;
  throw new FileError(
    `${path} has migrations in folders, and beside them ${lost.slice(0, 5).join(", ")}${
      lost.length > 5 ? " and others" : ""
    }, whose place in their order is not known.`,
    {
      hint: `Move it out of the folder, and import it by itself, before or after: insforge db ` +
        `import ${shellWord(first!)}`,
    },
  );
}

function isNested(name: string): boolean {
  return dirname(name) !== ".";
}

/** As tools for migrations do: by the number in front, and by the bytes of the names. */
function byVersion(one: string, other: string): number {
  const [a, b] = [versionOf(one), versionOf(other)];
  return a < b ? -1 : a > b ? 1 : one < other ? -1 : 1;
}

/** Names without a number come last. */
function versionOf(name: string): bigint | number {
  const digits = digitsOf(name);
  if (digits === undefined) return Infinity;
  // A day stands among times to the second as its midnight.
  return BigInt(DAY.test(digits) ? digits.padEnd(14, "0") : digits);
}

function digitsOf(name: string): string | undefined {
  // Diesel may write a time with dashes.
  const plain = name.replace(/^(\d{4})-(\d\d)-(\d\d)-(\d{6})/, "$1$2$3$4");
  return /^V?(\d+)/.exec(plain)?.[1];
}

function nestedIn(folder: string, name: string): string | undefined {
  return NESTED.map((file) => join(name, file)).find((path) => isThere(join(folder, path)));
}

/**
 * Imports files in order. A value that one adds to an enum, the next one may use: no transaction
 * can do both.
 * @throws {FileError} for what cannot be imported, before anything is
 * @throws {HttpError} with the file and the line of the statement that failed, and what stays
 */
export async function importFolder(
  context: Context,
  wishes: Wishes,
  folder: string,
  files: readonly string[],
): Promise<Result> {
  if (wishes.truncate) {
    throw new UsageError("--truncate takes one file, not a folder.", {
      hint: "Give the file whose rows are to replace those that are there.",
    });
  }
  const facts = new Facts();
  let left: Left = { skipped: new SkippedCounts(), renamed: new Map() };
  /** The file that makes an object, by its name. */
  const makers = new Map<string, string>();
  let isEmpty = true;
  using reading = context.progress(`Reading ${basename(folder)}`);
  for (const path of files) {
    await using source = await openSource(context, path, relative(folder, path));
    const { skipped } = left;
    const before = facts.made.length;
    const script = await readScript(source, undefined, { facts, skipped });
    for (const object of facts.made.slice(before)) {
      const name = shownName(object);
      if (!makers.has(name)) makers.set(name, source.title);
    }
    isEmpty &&= !(await hasStatements(source, script));
    left = leftOf(source, script.translation, left);
  }
  if (isEmpty) {
    if (left.skipped.list().length > 0) {
      throw new FileError(`No file of ${folder} has an SQL statement.`, {
        hint: "Give a folder of SQL files, such as supabase/migrations.",
      });
    }
    return {
      data: { success: true, files: namesOf(folder, files), tables: [], rowsImported: 0 },
      view: text(`There was nothing to run: no file of ${folder} has an SQL statement.`),
    };
  }
  const backend = await context.backend();
  reading.stop();
  const whole = await planImport(context, backend, facts, wishes);
  addMissing(left, facts, whole);
  tell(context, basename(folder), left);
  using progress = context.progress(`Importing ${basename(folder)}`);
  let done = 0;
  let isFirst = true;
  for (const path of files) {
    await using source = await openSource(context, path, relative(folder, path));
    const plan: Plan = isFirst ? whole : { ...whole, head: "", tail: "" };
    const script = await readScript(source, plan);
    if (script.translation.statements === 0) continue;
    progress.update(`Importing ${source.title} (${done + 1} of ${files.length})`);
    await sendScript({ context, backend, source, plan, script, progress }).catch((error) => {
      throw failure(error, source.title, done, makers);
    });
    [done, isFirst] = [done + 1, false];
  }
  progress.stop();
  const { tables, rows = 0 } = facts;
  return {
    data: {
      success: true,
      files: namesOf(folder, files),
      tables,
      rowsImported: rows,
      ...leftOut(left),
    },
    view: success(
      `Imported ${folder}: ${plural(done, "file")}, ${plural(tables.length, "table")}, ` +
        `${plural(rows, "row")}.`,
    ),
  };
}

function namesOf(folder: string, files: readonly string[]): string[] {
  return files.map((path) => relative(folder, path));
}

/** @param makers the file that makes an object, by its name */
function failure(
  error: unknown,
  file: string,
  done: number,
  makers: ReadonlyMap<string, string>,
): unknown {
  if (!(error instanceof HttpError)) return error;
  const { message, status, code, exitCode, excerpt, hint: told, facts } = error;
  const missing = notFoundIn(message);
  const maker = missing && makers.get(shownName(parseName(missing.name)));
  const hint = maker && maker !== file
    ? `${told ?? ""} ${maker} makes it: number the files in the order in which they run.`.trim()
    : told;
  const advice = hint?.replace(/^Nothing was imported\.\s*/, "").replace(WAYS_OVER, "");
  const kept = done > 0
    ? `${plural(done, "file")} before it ${done === 1 ? "was" : "were"} imported and ${
      done === 1 ? "stays" : "stay"
    }; import the folder anew with --clean. ${advice ?? ""}`.trimEnd()
    : hint;
  return new HttpError(`${file}: ${message}`, status, code, exitCode, {
    excerpt,
    hint: kept,
    facts: { ...facts, file, imported: done },
    cause: error,
  });
}
