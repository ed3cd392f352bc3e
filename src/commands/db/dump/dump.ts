/** A dump from its request to its text. */
import { exportOnServer } from "../../../client/backend/database.ts";
import type { HttpClient } from "../../../client/http.ts";
import { NotFoundError, OperationError } from "../../../core/errors.ts";
import { jsonDump, type JsonSchema } from "./json_dump.ts";
import { orderData } from "./data_order.ts";
import type { Schema, SchemaObject, Section, Table } from "./objects.ts";
import { inOrder, select } from "./order.ts";
import { readingAhead } from "./read_ahead.ts";
import { DumpReading, type ReadingProgress } from "./reading.ts";
import { readSchema } from "./schema.ts";
import { type Source, sourceOf } from "../../../client/backend/source.ts";
import { sqlDump } from "./sql_dump.ts";
import { titleOf } from "./titles.ts";

/** A dump that is about to be read. */
export interface Dump {
  /** The text; it throws at its end when the database changed meanwhile. */
  readonly document: AsyncIterable<string>;
  /** What the dump leaves out, in sentences. */
  readonly notes: readonly string[];
  /** What was read, once the document has ended. */
  summary(): {
    readonly tables: readonly string[];
    readonly rows: number;
    readonly truncatedTables: readonly string[];
  };
}

/** What a dump is to have. */
export interface DumpRequest {
  readonly format: "sql" | "json";
  /** These tables, by `name` or `schema.name`, and what they need; undefined for everything. */
  readonly tables?: readonly string[];
  /** All but these tables, their partitions, and what needs them. */
  readonly excluded?: readonly string[];
  readonly part: "all" | "schema" | "data";
  /** Whether SQL removes what is there first. */
  readonly clean: boolean;
  readonly includeFunctions: boolean;
  readonly includeSequences: boolean;
  readonly includeViews: boolean;
  /** The most rows of a table; Infinity for all. */
  readonly rowLimit: number;
}

/**
 * Reads the schema and prepares the rest.
 * @throws {NotFoundError} for a table that is not there
 * @throws {OperationError} when it would need what a dump cannot bring back
 */
export async function openDump(
  backend: HttpClient,
  schemas: readonly string[],
  request: DumpRequest,
  progress: ReadingProgress,
): Promise<Dump> {
  const source = sourceOf(backend);
  const schema = await readSchema(source, schemas);
  const { objects: unordered, left } = select(schema, {
    tables: chosenTables(schema, request),
    functions: request.includeFunctions,
    sequences: request.includeSequences,
    views: request.includeViews,
    others: request.tables === undefined,
  });
  if (request.part !== "data") refuseUnsupported(unordered);
  const objects = inOrder(unordered, schema.needs);
  const reading = new DumpReading(source, request.rowLimit, progress);
  const ids = new Set(objects.map(({ id }) => id));
  const tables = schema.tables.filter(({ id }) => ids.has(id));
  const names = objects.filter(({ section }) => section === "table").map(({ name }) => name);
  const statements = statementsOf(schema, objects, request);
  const document = request.format === "sql"
    ? sqlDump(
      schema,
      statements,
      readingAhead(reading.reader, tablesOf(schema, statements)),
      titleOf(request),
    )
    : await jsonDocument(backend, request, names, tables, reading);
  return {
    document: verified(document, reading, source, schemas, schema),
    notes: notesOn(schema, objects, left, request, schemas),
    summary: () => ({
      tables: names.map(shortName),
      rows: reading.rows,
      truncatedTables: reading.truncated.map(({ schema, name }) => shortName(`${schema}.${name}`)),
    }),
  };
}

async function jsonDocument(
  backend: HttpClient,
  request: DumpRequest,
  names: readonly string[],
  tables: readonly Table[],
  { reader }: DumpReading,
): Promise<AsyncIterable<string>> {
  const description = await describe(backend, request, names);
  return jsonDump(description, tables, request.part === "schema" ? undefined : reader);
}

/** The tables whose rows are wanted, in order. */
function tablesOf(schema: Schema, statements: readonly SchemaObject[]): Table[] {
  const tables = new Map(schema.tables.map((table) => [table.id, table]));
  return statements.filter(({ section }) => section === "data").map(({ of }) => tables.get(of!)!);
}

const DATA = new Set<Section>(["data", "sequence value", "view data"]);

/** What an SQL dump says, in order. */
function statementsOf(
  schema: Schema,
  objects: readonly SchemaObject[],
  { part, clean }: DumpRequest,
): readonly SchemaObject[] {
  if (part === "data") {
    const { data, cyclic } = orderData(schema, objects.filter(({ section }) => section === "data"));
    const others = objects.filter(({ section }) => DATA.has(section) && section !== "data");
    return [...dropsOf(cyclic), ...data, ...cyclic, ...others];
  }
  const wanted = part === "all" ? objects : objects.filter(({ section }) => !DATA.has(section));
  return clean ? [...dropsOf(wanted.toReversed()), ...wanted] : wanted;
}

function dropsOf(objects: readonly SchemaObject[]): SchemaObject[] {
  return objects.flatMap((object) =>
    object.drop
      ? [{ id: `drop:${object.id}`, section: "drop", name: object.name, sql: object.drop }]
      : []
  );
}

function refuseUnsupported(objects: readonly SchemaObject[]): void {
  const found = objects.filter(({ section }) => section === "unsupported").map(({ name }) => name);
  if (found.length === 0) return;
  const more = found.length > 3 ? ` and ${found.length - 3} more` : "";
  throw new OperationError(
    `The database has what an export cannot bring back: ${found.slice(0, 3).join(", ")}${more}.`,
    "EXPORT_UNSUPPORTED",
    {
      hint: "Export the tables that you need with --tables, or the rows alone with --data-only.",
      facts: { unsupported: found },
    },
  );
}

async function* verified(
  document: AsyncIterable<string>,
  reading: DumpReading,
  source: Source,
  schemas: readonly string[],
  before: Schema,
): AsyncGenerator<string> {
  yield* document;
  await reading.verify();
  const after = await readSchema(source, schemas);
  const definitions = ({ objects }: Schema) =>
    objects.filter(({ section }) => section !== "sequence value")
      .map(({ id, sql }) => `${id} ${sql}`).sort().join("\n");
  if (definitions(before) !== definitions(after)) {
    throw new OperationError("The schema changed while it was exported.", "EXPORT_CHANGED", {
      hint: "Run it again when nobody alters the database.",
    });
  }
}

/** The ids of the tables that are asked for; undefined for all. */
function chosenTables(
  schema: Schema,
  { tables, excluded }: DumpRequest,
): Set<string> | undefined {
  if (!tables && !excluded) return undefined;
  const all = schema.objects.filter(({ section }) => section === "table").map(({ id }) => id);
  const chosen = tables ? findTables(schema, tables) : new Set(all);
  return excluded ? chosen.difference(findTables(schema, excluded)) : chosen;
}

/** The ids of the named tables, and of the partitions of those that are partitioned. */
function findTables(schema: Schema, names: readonly string[]): Set<string> {
  const all = schema.objects.filter(({ section }) => section === "table");
  const found = names.map((name) => {
    const table = all.find((table) => table.name === name || table.name === `public.${name}`);
    if (table) return table.id;
    throw new NotFoundError(`There is no table ${name}.`, {
      hint: "See the tables with: insforge db tables",
    });
  });
  const chosen = new Set(found);
  const partitions = schema.objects.filter(({ section }) => section === "partition");
  for (let size = -1; size !== chosen.size;) {
    size = chosen.size;
    for (const { of, refersTo } of partitions) if (chosen.has(refersTo!)) chosen.add(of!);
  }
  return chosen;
}

/** The schema part of a JSON dump is the backend's own, which knows its shape. */
async function describe(
  backend: HttpClient,
  request: DumpRequest,
  names: readonly string[],
): Promise<JsonSchema> {
  const all = request.tables === undefined;
  const { data } = await exportOnServer(backend, {
    format: "json",
    tables: all && !request.excluded ? undefined : names.map(shortName),
    includeData: false,
    includeFunctions: all || request.includeFunctions,
    includeSequences: all || request.includeSequences,
    includeViews: all || request.includeViews,
  });
  if (typeof data === "object" && data !== null && "tables" in data) return data as JsonSchema;
  throw new OperationError("The backend's export has no tables.", "INVALID_RESPONSE", {
    hint: "Check that the address is that of an InsForge backend.",
  });
}

/** Sections whose objects go with others that are named anyway. */
const FOLLOWING = new Set<Section>(["partition", "index attachment", "grant", "comment"]);

function notesOn(
  schema: Schema,
  objects: readonly SchemaObject[],
  left: readonly SchemaObject[],
  request: DumpRequest,
  schemas: readonly string[],
): string[] {
  const notes: string[] = [];
  const tables = new Set(
    schema.objects.filter(({ section }) => section === "table").map(({ id }) => id),
  );
  const named = left.filter(({ section }) => !FOLLOWING.has(section));
  if (named.length > 0) {
    const names = named.map(({ section, name }) => `${section} ${shortName(name)}`);
    notes.push(`Left out, as they need tables that are not exported: ${names.join(", ")}.`);
  }
  const outside = objects.filter(({ refersTo }) => refersTo && !tables.has(refersTo));
  if (outside.length > 0) {
    const names = [...new Set(outside.map(({ name }) => name.split(".").slice(0, 2).join(".")))];
    notes.push(
      `These refer to rows of InsForge's own tables, which must be there at the import: ${
        names.join(", ")
      }.`,
    );
  }
  if (request.format === "json" && schemas.length > 1) {
    notes.push("A JSON export has the schema public alone.");
  }
  return notes;
}

function shortName(name: string): string {
  return name.replace(/^public\./, "");
}
