/** Reads the schema of a database from its catalogs. */
import { OperationError } from "../../../core/errors.ts";
import type { Schema, SchemaObject, Section, Table } from "./objects.ts";
import { grantsOf, type PrivilegeRow } from "./privileges.ts";
import { CATALOG, type CatalogName } from "./queries.ts";
import { type Source, textArray } from "../../../client/backend/source.ts";
import { type ColumnRow, createTable, lateDefaults, type TableRow } from "./tables.ts";

interface ObjectRow {
  readonly id: string;
  readonly name: string;
  readonly sql: string;
  readonly of?: string;
  readonly refersTo?: string | null;
}

interface SequenceRow {
  readonly id: string;
  readonly name: string;
  readonly quoted: string;
  readonly start: string;
  readonly of: string | null;
}

type Catalog = { readonly [name in CatalogName]: readonly unknown[] };

/** The queries whose rows are objects as they are. */
const PLAIN: Partial<Record<CatalogName, Section>> = {
  schemas: "schema",
  extensions: "extension",
  enums: "type",
  domains: "type",
  composites: "type",
  ranges: "type",
  sequences: "sequence",
  sequenceOwners: "sequence owner",
  partitions: "partition",
  indexes: "index",
  routines: "function",
  rules: "rule",
  rowSecurity: "row security",
  policies: "policy",
  triggers: "trigger",
};

/**
 * Reads everything that the given schemas hold.
 * @throws {OperationError} when there is something that a dump could not bring back
 */
export async function readSchema(source: Source, schemas: readonly string[]): Promise<Schema> {
  const [catalog] = await source<Catalog>(CATALOG, [textArray(schemas)]);
  const rows = <Row>(name: CatalogName) => catalog![name] as readonly Row[];
  refuseUnsupported(rows("unsupported"));
  const tables = rows<TableRow>("tables");
  const columns = Map.groupBy(rows<ColumnRow>("columns"), ({ of }) => of);
  const needs = readNeeds(rows("dependencies"), rows("aliases"), rows("routines"), rows("columns"));

  const objects: SchemaObject[] = [];
  for (const [name, section] of Object.entries(PLAIN)) {
    for (const row of rows<ObjectRow>(name as CatalogName)) {
      objects.push({ ...row, section, refersTo: row.refersTo ?? undefined });
    }
  }
  for (const row of rows<ObjectRow>("constraints")) {
    const section = row.refersTo ? "foreign key" : "constraint";
    objects.push({ ...row, section, refersTo: row.refersTo ?? undefined });
  }
  for (const view of rows<ObjectRow & { refresh: string | null }>("views")) {
    const { id, name, sql, refresh } = view;
    objects.push({ id, name, sql, section: "view" });
    if (refresh) {
      objects.push({ id: `refresh:${id}`, name, sql: refresh, section: "view data", of: id });
    }
  }
  for (const table of tables) {
    const own = columns.get(table.id) ?? [];
    objects.push(createTable(table, own, needs.late), ...lateDefaults(table, own, needs.late));
  }
  for (const { id, name, sql, of } of rows<ObjectRow & { of: string }>("comments")) {
    objects.push({ id, name, sql, section: "comment", of: needs.whole(of) });
  }
  objects.push(...grantsOf(rows<PrivilegeRow>("privileges")));
  objects.push(...await sequenceValues(source, rows("sequenceValues")));
  for (const { id, quoted, kind } of tables) {
    if (kind === "r") {
      objects.push({ id: `data:${id}`, section: "data", name: quoted, of: id, sql: "" });
    }
  }
  return {
    objects,
    tables: tables.filter(({ kind }) => kind === "r")
      .map((table) => tableOf(table, columns.get(table.id) ?? [])),
    needs: needs.byId,
  };
}

function refuseUnsupported(found: readonly { kind: string; name: string }[]): void {
  if (found.length === 0) return;
  const names = found.slice(0, 3).map(({ kind, name }) => `${kind} ${name}`).join(", ");
  const more = found.length > 3 ? ` and ${found.length - 3} more` : "";
  throw new OperationError(
    `The database has what an export cannot bring back: ${names}${more}.`,
    "EXPORT_UNSUPPORTED",
    { hint: "Export the tables that you need with --tables, or use pg_dump." },
  );
}

/** What has to be there before what, parts replaced by the objects that they are part of. */
function readNeeds(
  dependencies: readonly { id: string; needs: string }[],
  aliases: readonly { id: string; of: string }[],
  routines: readonly { id: string }[],
  columns: readonly ColumnRow[],
) {
  const functions = new Set(routines.map(({ id }) => id));
  const ordinary = new Set(
    columns.filter(({ generated }) => generated === "").map(({ id }) => id),
  );
  // A default that calls a function waits for it; the table does not.
  const late = new Set(
    dependencies.filter(({ id, needs }) => ordinary.has(id) && functions.has(needs))
      .map(({ id }) => id),
  );
  const parts = new Map(aliases.map(({ id, of }) => [id, of]));
  const whole = (id: string): string => {
    const of = late.has(id) ? undefined : parts.get(id);
    return of === undefined ? id : whole(of);
  };
  const byId = new Map<string, string[]>();
  for (const dependency of dependencies) {
    const [id, needs] = [whole(dependency.id), whole(dependency.needs)];
    if (id !== needs) byId.set(id, [...byId.get(id) ?? [], needs]);
  }
  return { byId, late, whole };
}

async function sequenceValues(
  source: Source,
  sequences: readonly SequenceRow[],
): Promise<SchemaObject[]> {
  if (sequences.length === 0) return [];
  const states = await source<{ n: number; value: string; called: boolean }>(
    sequences.map(({ quoted }, n) =>
      `SELECT ${n} AS n, last_value AS value, is_called AS called FROM ${quoted}`
    ).join(" UNION ALL "),
  );
  return states.map((state) => ({ ...state, ...sequences[state.n]! }))
    .filter(({ value, called, start }) => called || String(value) !== start)
    .map(({ id, name, quoted, of, value, called }) => ({
      id: `value:${id}`,
      section: "sequence value",
      name,
      of: of ?? id,
      sql: `SELECT pg_catalog.setval('${quoted.replaceAll("'", "''")}', ${value}, ${called});`,
    }));
}

function tableOf(table: TableRow, columns: readonly ColumnRow[]): Table {
  return {
    id: table.id,
    schema: table.schema,
    name: table.table,
    quoted: table.quoted,
    key: table.key,
    heapBytes: Number(table.heapBytes),
    totalBytes: Number(table.totalBytes),
    hasAlwaysIdentity: columns.some(({ identity }) => identity === "a"),
    columns: columns.map(({ name, quoted, baseType, generated }) => ({
      name,
      quoted,
      baseType,
      isGenerated: generated !== "",
    })),
  };
}
