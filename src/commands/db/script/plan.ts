/** How a file meets what a backend has already: into an empty one, over it, or its rows alone. */
import type { Context } from "../../../cli/context.ts";
import { availableExtensions, listTables } from "../../../client/backend/database.ts";
import type { HttpClient } from "../../../client/http.ts";
import { DeclinedError, NetworkError, OperationError, UsageError } from "../../../core/errors.ts";
import { plural } from "../../../terminal/plural.ts";
import { type Facts, type MadeObject, UUIDS } from "./facts.ts";
import { type ObjectName, quoteName, shownName } from "./names.ts";
import type { Frame } from "./parts.ts";
import { oneLine, REST, RESUME } from "./resting.ts";

/** What the user wants of what is there. */
export interface Wishes {
  readonly clean?: boolean;
  readonly truncate?: boolean;
}

/** What is done with a file. */
export interface Plan extends Frame {
  /** Whether every table of the schema public is emptied first. */
  readonly truncate: boolean;
  /** Whether only its rows are taken. */
  readonly dataOnly: boolean;
  /** Whether keys and triggers rest: head and tail see to it where all is one transaction. */
  readonly rests: boolean;
  /** What the file asks for and the backend does not have: it is left out, and told. */
  readonly missingExtensions: ReadonlySet<string>;
}

const EMPTY: Plan = {
  ...{ head: "", tail: "", truncate: false, dataOnly: false, rests: false },
  missingExtensions: new Set(),
};

/** How many tables a sentence names. */
const NAMED = 5;

/** The ways to import over what is there, as a hint. */
export const WAYS_OVER =
  "Replace what the file makes with --clean or the rows alone with --truncate, or empty a local " +
  "backend with `insforge local reset`.";

/** @throws {UsageError} for wishes that exclude each other */
export function checkWishes({ clean, truncate }: Wishes): void {
  if (clean && truncate) {
    throw new UsageError("Give --clean or --truncate, not both.", {
      hint: "--clean replaces what the file makes, with its rows; --truncate replaces rows alone.",
    });
  }
}

/**
 * Decides by the wishes, or asks, where tables of the file are there already.
 * @throws {OperationError} when there is nobody to ask
 * @throws {DeclinedError} when the user does not want it
 */
export async function planImport(
  context: Context,
  backend: HttpClient,
  facts: Facts,
  wishes: Wishes,
): Promise<Plan> {
  const plan = await planOver(context, backend, facts, wishes);
  if (plan.dataOnly) return plan;
  const missingExtensions = await missingOf(backend, facts);
  const isNeeded = facts.needsUuids && !missingExtensions.has(UUIDS);
  const head = isNeeded ? `CREATE EXTENSION IF NOT EXISTS "${UUIDS}"; ${plan.head}` : plan.head;
  return { ...plan, head, missingExtensions };
}

/** Dumps have extensions that watch the server or cut partitions, and no table may need them. */
async function missingOf(backend: HttpClient, { extensions }: Facts): Promise<Set<string>> {
  if (extensions.size === 0) return new Set();
  const available = await availableExtensions(backend)
    // The import itself meets the same, and says what may have become of it.
    .catch(() => [...extensions.keys()]);
  return new Set(extensions.keys()).difference(new Set(available));
}

async function planOver(
  context: Context,
  backend: HttpClient,
  facts: Facts,
  { clean = false, truncate = false }: Wishes,
): Promise<Plan> {
  if (!clean && !truncate && facts.newTables.length === 0) {
    return facts.restsTriggers ? { ...EMPTY, head: REST, tail: RESUME, rests: true } : EMPTY;
  }
  const tables = await listTables(backend).catch((error): string[] => {
    // The import itself meets the same, and says what may have become of it.
    if (clean || truncate || !(error instanceof NetworkError)) throw error;
    return [];
  });
  const there = facts.newTables
    .filter(({ schema, name }) => schema === "public" && tables.includes(name));
  if (truncate) {
    if (tables.length > 0) await confirmTruncation(context, tables);
    return replaceRows(facts, tables);
  }
  if (clean) {
    if (there.length > 0) await confirmCleaning(context, there);
    return { ...EMPTY, head: dropAll(facts) };
  }
  return there.length === 0 ? EMPTY : await ask(context, facts, tables, there);
}

async function ask(
  context: Context,
  facts: Facts,
  tables: readonly string[],
  there: readonly ObjectName[],
): Promise<Plan> {
  const message = `${named(there.map(shownName))} ${
    there.length === 1 ? "is" : "are"
  } there already.`;
  if (!context.terminal.isInteractive || context.options.json || context.options.yes) {
    throw new OperationError(message, "ALREADY_EXISTS", {
      hint: WAYS_OVER,
      facts: { tables: there.map(shownName) },
    });
  }
  const way = await context.prompt.select(`${message} What shall become of it?`, "--clean", [
    { label: "Stop: nothing changes", value: "stop" },
    { label: "Drop what the file makes, and make it anew (--clean)", value: "clean" },
    { label: "Empty all tables, and take the file's rows alone (--truncate)", value: "truncate" },
  ]);
  if (way === "clean") return { ...EMPTY, head: dropAll(facts) };
  if (way === "truncate") return replaceRows(facts, tables);
  throw new DeclinedError("Nothing was imported.", { hint: WAYS_OVER });
}

async function confirmTruncation(context: Context, tables: readonly string[]): Promise<void> {
  await context.prompt.confirm(
    `--truncate empties every table of the schema public (${plural(tables.length, "table")}: ${
      named(tables)
    }), also those that the file does not fill. Go on?`,
  );
}

async function confirmCleaning(context: Context, there: readonly ObjectName[]): Promise<void> {
  await context.prompt.confirm(
    `--clean drops ${plural(there.length, "table")} with all rows, to make them anew: ${
      named(there.map(shownName))
    }. Go on?`,
  );
}

function named(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** What drops the objects, those first that others need last. Objects of extensions stay. */
function dropAll({ made, attached, largeObjects }: Facts): string {
  const isRoutine = ({ kind }: MadeObject) => /^(FUNCTION|PROCEDURE|AGGREGATE)$/.test(kind);
  const tables = new Set(made.map(shownName));
  const drops = [
    // The backend's users are not the caller's table: a trigger there goes with its function.
    ...attached.filter(({ kind, table }) => kind !== "TRIGGER" || table.schema !== "auth")
      .filter(({ table }) => !tables.has(shownName(table)))
      .map(({ kind, name, table }) => `DROP ${kind} IF EXISTS ${name} ON ${quoteName(table)};`),
    ...made.filter((object) => !isRoutine(object)).reverse()
      .map((object) => `DROP ${object.kind} IF EXISTS ${quoteName(object)} CASCADE;`),
    ...largeObjects.length > 0 ? [unlink(largeObjects)] : [],
  ];
  const routines = made.filter(isRoutine).map(({ schema, name }) =>
    `(${literal(schema)}, ${literal(name)})`
  );
  return routines.length === 0 ? drops.join(" ") : `${drops.join(" ")} ${dropRoutines(routines)}`;
}

function unlink(largeObjects: readonly string[]): string {
  return "SELECT lo_unlink(oid) FROM pg_largeobject_metadata " +
    `WHERE oid IN (${largeObjects.join(", ")});`;
}

/**
 * By name alone: what differs in its arguments would stay beside what is made anew. All are named
 * before the first is dropped, which may take others along.
 */
function dropRoutines(names: readonly string[]): string {
  return oneLine(`
    DO $drop$ DECLARE command text; BEGIN
      FOREACH command IN ARRAY ARRAY(
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE (n.nspname, p.proname) IN (${[...new Set(names)].join(", ")})
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'))
      LOOP EXECUTE command; END LOOP;
    END $drop$;`);
}

/** Only rows where the tables are there; large objects that the file makes are rows too. */
function replaceRows({ made, largeObjects }: Facts, tables: readonly string[]): Plan {
  const dataOnly = made.some(({ kind, schema, name }) =>
    kind === "TABLE" && schema === "public" && tables.includes(name)
  );
  const head = [...largeObjects.length > 0 ? [unlink(largeObjects)] : [], REST].join(" ");
  return { ...EMPTY, truncate: true, dataOnly, head, tail: RESUME, rests: true };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
