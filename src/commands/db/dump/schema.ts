/** Reads the schema of a database from its catalogs. */
import type { Schema, SchemaObject, Section, Table } from "./objects.ts";
import { CATALOG, type CatalogName } from "./catalog/mod.ts";
import {
  currentGrants,
  type DefaultPrivilegeRow,
  defaultPrivilegesOf,
  grantsOf,
  type PrivilegeRow,
} from "./privileges.ts";
import { type Source, textArray } from "../../../client/backend/source.ts";
import type { ColumnRow, TableRow } from "./table_rows.ts";
import { createTable, lateDefaults } from "./tables.ts";

interface ObjectRow {
  readonly id: string;
  readonly name: string;
  readonly sql: string;
  readonly drop?: string | null;
  readonly undo?: string | null;
  readonly of?: string;
  readonly refersTo?: string | null;
}

interface ConstraintRow extends ObjectRow {
  readonly after: readonly string[] | null;
  /** Whether it is an index whose expressions call functions. */
  readonly callsFunctions: boolean;
}

interface DomainConstraintRow extends ObjectRow {
  /** The id of the domain. */
  readonly domain: string;
  /** Whether it comes after the rows. */
  readonly isLate: boolean;
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
  collations: "type",
  casts: "cast",
  textSearch: "text search",
  sequences: "sequence",
  sequenceOwners: "sequence owner",
  columnOptions: "column option",
  inheritedColumns: "column option",
  partitions: "partition",
  indexAttachments: "index attachment",
  indexStatistics: "index option",
  indexRoles: "index option",
  routines: "function",
  aggregates: "function",
  operators: "operator",
  viewDefaults: "view default",
  rules: "rule",
  rowSecurity: "row security",
  policies: "policy",
  triggers: "trigger",
  partitionTriggers: "trigger",
  extensionDependents: "extension dependent",
};

/** Reads everything that the given schemas hold. */
export async function readSchema(source: Source, schemas: readonly string[]): Promise<Schema> {
  const [catalog] = await source<Catalog>(CATALOG, [textArray(schemas)]);
  const rows = <Row>(name: CatalogName) => catalog![name] as readonly Row[];
  const tables = rows<TableRow>("tables");
  const columns = Map.groupBy(rows<ColumnRow>("columns"), ({ of }) => of);
  const functions = [...rows<ObjectRow>("routines"), ...rows<ObjectRow>("aggregates")];
  const needs = readNeeds(rows("dependencies"), rows("aliases"), functions, rows("columns"));
  const domainConstraints = rows<DomainConstraintRow>("domainConstraints");
  addConstraints(needs.byId, domainConstraints.filter(({ isLate }) => !isLate), tables);

  const objects: SchemaObject[] = [];
  for (const [name, section] of Object.entries(PLAIN)) {
    for (const row of rows<ObjectRow>(name as CatalogName)) {
      objects.push({ ...row, section, refersTo: row.refersTo ?? undefined });
    }
  }
  for (const { id, name, sql, drop, isLate } of domainConstraints) {
    const section = isLate ? "late domain constraint" : "domain constraint";
    objects.push({ id, name, sql, drop, section });
  }
  for (const row of rows<ObjectRow & { callsFunctions: boolean }>("indexes")) {
    const { id, name, sql, undo, of, callsFunctions } = row;
    const section = callsFunctions ? "index with functions" : "index";
    objects.push({ id, name, sql, undo, of, section });
  }
  for (const { callsFunctions, ...row } of rows<ConstraintRow>("constraints")) {
    const section = row.refersTo
      ? "foreign key"
      : callsFunctions
      ? "index with functions"
      : "constraint";
    const { refersTo, after } = row;
    objects.push({
      ...row,
      section,
      refersTo: refersTo ?? undefined,
      after: after ?? undefined,
    });
  }
  const views = rows<ObjectRow & { refresh: string | null }>("views");
  addRefreshes(needs.byId, views);
  for (const view of views) {
    const { id, name, sql, drop, refresh } = view;
    objects.push({ id, name, sql, drop, section: "view" });
    if (refresh) {
      objects.push({ id: `refresh:${id}`, name, sql: refresh, section: "view data", of: id });
    }
  }
  for (const table of tables) {
    const own = columns.get(table.id) ?? [];
    objects.push(createTable(table, own, needs.late), ...lateDefaults(table, own, needs.late));
  }
  for (const { id, name, sql, undo, of } of rows<ObjectRow & { of: string }>("comments")) {
    objects.push({ id, name, sql, undo, section: "comment", of: needs.whole(of) });
  }
  for (const { id, kind, name, of } of rows<ObjectRow & { kind: string }>("unsupported")) {
    const title = `${kind} ${name}`;
    objects.push({ id, section: "unsupported", name: title, of: of ?? undefined, sql: "" });
  }
  objects.push(...defaultPrivilegesOf(rows<DefaultPrivilegeRow>("defaultPrivileges"), schemas));
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
    definitions: new Map(
      tables.map((
        table,
      ) => [table.id, { table, columns: columns.get(table.id) ?? [], late: needs.late }]),
    ),
    grants: currentGrants(rows<PrivilegeRow>("privileges")),
    needs: needs.byId,
  };
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

/**
 * What uses a domain waits for its constraints, which cannot be added once a column holds, say, an
 * array of it.
 */
function addConstraints(
  needs: Map<string, string[]>,
  constraints: readonly DomainConstraintRow[],
  tables: readonly { id: string }[],
): void {
  const byDomain = Map.groupBy(constraints, ({ domain }) => domain);
  for (const { id } of tables) {
    const needed = needs.get(id) ?? [];
    const added = needed.flatMap((other) => byDomain.get(other) ?? []).map(({ id }) => id);
    if (added.length > 0) needs.set(id, [...needed, ...added]);
  }
}

/** A materialized view is filled after those that it reads, through whatever views. */
function addRefreshes(
  needs: Map<string, string[]>,
  views: readonly { id: string; refresh: string | null }[],
): void {
  const filled = new Set(views.filter(({ refresh }) => refresh).map(({ id }) => id));
  const all = new Set(views.map(({ id }) => id));
  const below = (id: string): string[] =>
    (needs.get(id) ?? []).filter((other) => all.has(other)).flatMap((other) =>
      filled.has(other) ? [`refresh:${other}`] : below(other)
    );
  for (const id of filled) needs.set(`refresh:${id}`, below(id));
}

/** A statement of thousands of parts is more than PostgreSQL's parser has a stack for. */
const SEQUENCES_TOGETHER = 200;

async function sequenceValues(
  source: Source,
  sequences: readonly SequenceRow[],
): Promise<SchemaObject[]> {
  const states: { n: number; value: string; called: boolean }[] = [];
  for (let start = 0; start < sequences.length; start += SEQUENCES_TOGETHER) {
    const some = sequences.slice(start, start + SEQUENCES_TOGETHER);
    const selects = some.map(({ quoted }, n) =>
      `SELECT ${start + n} AS n, last_value AS value, is_called AS called FROM ${quoted}`
    );
    states.push(...await source<typeof states[number]>(selects.join(" UNION ALL ")));
  }
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
