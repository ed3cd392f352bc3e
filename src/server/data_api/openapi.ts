import type { Relation } from "./schema/relation.ts";
import type { Routine } from "./schema/routines.ts";
import type { Schema } from "./schema/schema.ts";

/** What the caller may do with a table. */
export interface Privileges {
  readonly name: string;
  readonly inserts: boolean;
  readonly updates: boolean;
  readonly deletes: boolean;
}

/**
 * Which tables the caller may read, and what else it may do with them, as SQL; `$1` is a schema.
 */
export const PRIVILEGES =
  `SELECT c.relname AS name, has_table_privilege(c.oid, 'INSERT') AS inserts,
  has_table_privilege(c.oid, 'UPDATE') AS updates, has_table_privilege(c.oid, 'DELETE') AS deletes
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND has_table_privilege(c.oid, 'SELECT')
ORDER BY c.relname`;

/** A description of the data API in OpenAPI 2.0, for the tables that the caller may read. */
export function describeApi(
  schema: Schema,
  privileges: readonly Privileges[],
  url: URL,
  version: string,
): Record<string, unknown> {
  const tables = privileges.flatMap((one) => {
    const relation = schema.relations.get(one.name);
    return relation ? [[relation, one] as const] : [];
  });
  const routines = [...schema.routines.values()].flatMap(([first]) => first ?? []);
  return {
    swagger: "2.0",
    info: { title: `The tables and functions of ${schema.name}`, version },
    host: url.host,
    basePath: "/api/database",
    schemes: [url.protocol.slice(0, -1)],
    consumes: ["application/json", "application/vnd.pgrst.object+json", "text/csv"],
    produces: ["application/json", "application/vnd.pgrst.object+json", "text/csv"],
    paths: Object.fromEntries([
      ...tables.map(([table, may]) => [`/records/${table.name}`, tablePath(table, may)]),
      ...routines.filter(({ takesRelation }) => takesRelation === "0")
        .map((routine) => [`/rpc/${routine.name}`, routinePath(routine)]),
    ]),
    definitions: Object.fromEntries(
      tables.map(([table]) => [table.name, definition(schema, table)]),
    ),
    parameters: { ...OPTIONS, ...Object.fromEntries(tables.flatMap(([table]) => filters(table))) },
  };
}

const query = (name: string, description: string) => ({
  name,
  description,
  in: "query",
  type: "string",
});

const OPTIONS = {
  select: query("select", "The columns, and related rows"),
  order: query("order", "The order"),
  limit: query("limit", "How many rows"),
  offset: query("offset", "How many rows are left out before them"),
  on_conflict: query("on_conflict", "The columns that say whether a row is there already"),
  prefer: { name: "Prefer", description: "Preferences", in: "header", type: "string" },
};

const refer = (names: readonly string[]) => names.map((name) => ({ $ref: `#/parameters/${name}` }));

function tablePath(table: Relation, { inserts, updates, deletes }: Privileges) {
  const own = table.columns.map(({ name }) => `rowFilter.${table.name}.${name}`);
  const body = { name: "row", in: "body", schema: { $ref: `#/definitions/${table.name}` } };
  const rows = { type: "array", items: body.schema };
  const method = (
    names: readonly string[],
    responses: Record<string, unknown>,
    hasBody = false,
  ) => ({
    tags: [table.name],
    parameters: [...refer(names), ...hasBody ? [body] : []],
    responses,
  });
  const read = ["select", "order", "limit", "offset", "prefer"];
  return {
    get: method([...own, ...read], {
      200: { description: "The rows", schema: rows },
      206: { description: "A part of the rows", schema: rows },
    }),
    ...inserts &&
      { post: method(["select", "on_conflict", "prefer"], { 201: { description: "Made" } }, true) },
    ...updates &&
      { patch: method([...own, "select", "prefer"], { 204: { description: "Changed" } }, true) },
    ...deletes &&
      { delete: method([...own, "select", "prefer"], { 204: { description: "Removed" } }) },
  };
}

function routinePath({ name, parameters, isVolatile }: Routine) {
  const tags = [`(rpc) ${name}`];
  const responses = { 200: { description: "The result" } };
  const named = parameters.filter(({ name }) => name !== "");
  const properties = Object.fromEntries(named.map(({ name, type }) => [name, typeOf(type)]));
  const required = named.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const schema = { type: "object", properties, ...required.length > 0 && { required } };
  const post = {
    tags,
    parameters: [{ name: "args", in: "body", required: true, schema }, ...refer(["prefer"])],
    responses,
  };
  if (isVolatile) return { post };
  const given = named.map((one) => ({
    name: one.name,
    in: "query",
    required: one.isRequired,
    type: "string",
    format: one.type,
  }));
  return { get: { tags, parameters: given, responses }, post };
}

function definition(schema: Schema, table: Relation) {
  const keys = schema.relationships.from(table).filter(({ kind, columns }) =>
    (kind === "many-to-one" || kind === "one-to-one") && columns.length === 1
  );
  const properties = table.columns.map(({ name, type }) => {
    const key = keys.find(({ columns }) => columns[0]![0] === name);
    const notes = [
      table.primaryKey.includes(name) ? "This is a Primary Key.<pk/>" : "",
      key
        ? `This is a Foreign Key to \`${key.to.name}.${
          key.columns[0]![1]
        }\`.<fk table='${key.to.name}' column='${key.columns[0]![1]}'/>`
        : "",
    ].filter(Boolean);
    const note = notes.length > 0 ? { description: `Note:\n${notes.join("\n")}` } : {};
    return [name, { ...typeOf(type), ...note }];
  });
  const required = table.columns.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...required.length > 0 && { required },
  };
}

function filters(table: Relation): [string, unknown][] {
  return table.columns.map(({ name, type }) => [
    `rowFilter.${table.name}.${name}`,
    { name, in: "query", type: "string", format: type },
  ]);
}

/** The JSON type of what a PostgreSQL type becomes. */
function typeOf(type: string): Record<string, unknown> {
  if (type.endsWith("[]")) return { type: "array", format: type, items: typeOf(type.slice(0, -2)) };
  const plain = type.replace(/\(.*\)/, "");
  if (["smallint", "integer", "bigint"].includes(plain)) return { type: "integer", format: type };
  if (["numeric", "real", "double precision"].includes(plain)) {
    return { type: "number", format: type };
  }
  if (plain === "boolean") return { type: "boolean", format: type };
  return plain === "json" || plain === "jsonb"
    ? { format: type }
    : { type: "string", format: type };
}
