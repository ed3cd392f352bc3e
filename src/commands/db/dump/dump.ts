/** A dump from its request to its text. */
import { exportOnServer, type ExportRequest } from "../../../client/backend/database.ts";
import type { HttpClient } from "../../../client/http.ts";
import { OperationError, UsageError } from "../../../core/errors.ts";
import { jsonDump, type JsonSchema } from "./json_dump.ts";
import type { Schema, SchemaObject } from "./objects.ts";
import { inOrder, select } from "./order.ts";
import { DumpReading, type ReadingProgress } from "./reading.ts";
import { readSchema } from "./schema.ts";
import { type Source, sourceOf } from "../../../client/backend/source.ts";
import { sqlDump } from "./sql_dump.ts";

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

/**
 * Reads the schema and prepares the rest.
 * @param rowLimit the most rows of a table; Infinity for all
 * @throws {UsageError} for a table that is not there
 */
export async function openDump(
  backend: HttpClient,
  schemas: readonly string[],
  request: ExportRequest,
  rowLimit: number,
  progress: ReadingProgress,
): Promise<Dump> {
  const source = sourceOf(backend);
  const schema = await readSchema(source, schemas);
  const chosen = request.tables && findTables(schema, request.tables);
  const objects = inOrder(
    select(schema, {
      tables: chosen,
      functions: request.includeFunctions,
      sequences: request.includeSequences,
      views: request.includeViews,
    }),
    schema.needs,
  );
  const reading = new DumpReading(source, rowLimit, progress);
  const ids = new Set(objects.map(({ id }) => id));
  const tables = schema.tables.filter(({ id }) => ids.has(id));
  const names = objects.filter(({ section }) => section === "table").map(({ name }) => name);
  const wanted = request.includeData
    ? objects
    : objects.filter(({ section }) => !/^(data|sequence value|view data)$/.test(section));
  const document = request.format === "sql" ? sqlDump(schema, wanted, reading.reader) : jsonDump(
    await describe(backend, request),
    tables,
    request.includeData ? reading.reader : undefined,
  );
  return {
    document: verified(document, reading, source, schemas, schema),
    notes: notesOn(schema, objects, request, schemas),
    summary: () => ({
      tables: names.map(shortName),
      rows: reading.rows,
      truncatedTables: reading.truncated.map(({ schema, name }) => shortName(`${schema}.${name}`)),
    }),
  };
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

/** The ids of the named tables, and of the partitions of those that are partitioned. */
function findTables(schema: Schema, names: readonly string[]): Set<string> {
  const all = schema.objects.filter(({ section }) => section === "table");
  const found = names.map((name) => {
    const table = all.find((table) => table.name === name || table.name === `public.${name}`);
    if (table) return table.id;
    throw new UsageError(`There is no table ${name}.`, {
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
async function describe(backend: HttpClient, request: ExportRequest): Promise<JsonSchema> {
  const all = request.tables === undefined;
  const { data } = await exportOnServer(backend, {
    ...request,
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

function notesOn(
  schema: Schema,
  objects: readonly SchemaObject[],
  request: ExportRequest,
  schemas: readonly string[],
): string[] {
  const notes: string[] = [];
  const tables = new Set(
    schema.objects.filter(({ section }) => section === "table").map(({ id }) => id),
  );
  const taken = new Set(objects);
  const left = schema.objects.filter((object) =>
    object.section === "foreign key" && !taken.has(object) &&
    objects.some((o) => o.id === object.of)
  );
  if (left.length > 0) {
    const names = left.map(({ name }) => name.split(".").at(-1)).join(", ");
    notes.push(`Left out, as they refer to tables that are not exported: ${names}.`);
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
