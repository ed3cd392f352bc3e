/** The types of a database as TypeScript, in the form that PostgREST's clients take. */
import type { Column, DatabaseTypes, Relation, Routine, TypeRef } from "./schema.ts";

/** The values that JSON has for PostgreSQL's types; what is not here is text. */
const PLAIN: Readonly<Record<string, string>> = {
  bool: "boolean",
  int2: "number",
  int4: "number",
  int8: "number",
  float4: "number",
  float8: "number",
  numeric: "number",
  oid: "number",
  json: "Json",
  jsonb: "Json",
  void: "undefined",
  record: "Record<string, unknown>",
};

const HEADER = `/** The types of the project's database, made by \`insforge db types\`. */

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];
`;

/** Writes a module that exports `Database`, \`Json\` and shorthands for rows and enums. */
export function typescriptTypes(types: DatabaseTypes): string {
  const lines = types.schemas.flatMap((schema) => schemaLines(types, schema));
  return `${HEADER}
export interface Database {
${indent(lines).join("\n")}
}

type Tables = Database["public"]["Tables"];
type Enums = Database["public"]["Enums"];

/** A row as it is read. */
export type Row<T extends keyof Tables> = Tables[T]["Row"];
/** A row as it is inserted. */
export type Insert<T extends keyof Tables> = Tables[T]["Insert"];
/** The changes of an update. */
export type Update<T extends keyof Tables> = Tables[T]["Update"];
/** The values of an enum. */
export type Enum<T extends keyof Enums> = Enums[T];
`;
}

function schemaLines(types: DatabaseTypes, schema: string): string[] {
  const own = <T extends { readonly schema: string }>(all: readonly T[]) =>
    all.filter((one) => one.schema === schema);
  const known = knownTypes(types);
  const relations = own(types.relations);
  const routines = Map.groupBy(own(types.routines), ({ name }) => name);
  return block(key(schema), [
    ...section(
      "Tables",
      relations.filter(({ kind }) => kind === "table"),
      (relation) => relationLines(relation, known),
    ),
    ...section(
      "Views",
      relations.filter(({ kind }) => kind === "view"),
      (relation) => relationLines(relation, known),
    ),
    ...section("Functions", [...routines.entries()], ([name, overloads]) => [
      `${key(name)}: ${overloads.map((routine) => routineType(routine, known)).join(" | ")};`,
    ]),
    ...section("Enums", own(types.enums), ({ name, values }) => [
      `${key(name)}: ${values.map((value) => JSON.stringify(value)).join(" | ") || "never"};`,
    ]),
    ...section(
      "CompositeTypes",
      own(types.composites),
      ({ name, columns }) =>
        block(key(name), columns.map((column) => field(column, known, false, true))),
    ),
  ]);
}

function section<T>(title: string, items: readonly T[], lines: (item: T) => string[]): string[] {
  if (items.length === 0) return [`${title}: Record<never, never>;`];
  return block(title, items.flatMap(lines));
}

function relationLines({ name, columns, isWritable, relationships }: Relation, known: Known) {
  const writable = columns.filter(({ isGenerated }) => !isGenerated);
  const required = ({ isNullable, hasDefault }: Column) => !isNullable && !hasDefault;
  return block(key(name), [
    ...block("Row", columns.map((column) => field(column, known))),
    ...(isWritable
      ? [
        ...block("Insert", writable.map((column) => field(column, known, !required(column)))),
        ...block("Update", writable.map((column) => field(column, known, true))),
      ]
      : []),
    ...(relationships.length === 0 ? ["Relationships: [];"] : [
      "Relationships: [",
      ...relationships.flatMap((relationship) =>
        indent([
          "{",
          ...indent([
            `foreignKeyName: ${JSON.stringify(relationship.name)};`,
            `columns: ${JSON.stringify(relationship.columns)};`,
            `isOneToOne: ${relationship.isOneToOne};`,
            `referencedRelation: ${JSON.stringify(relationship.referencedRelation)};`,
            `referencedColumns: ${JSON.stringify(relationship.referencedColumns)};`,
          ]),
          "},",
        ])
      ),
      "];",
    ]),
  ]);
}

function field(column: Column, known: Known, isOptional = false, isNullable = column.isNullable) {
  const type = typeOf(column.type, known);
  return `${key(column.name)}${isOptional ? "?" : ""}: ${type}${isNullable ? " | null" : ""};`;
}

function routineType({ parameters, columns, returns, returnsSet }: Routine, known: Known): string {
  const named = parameters.filter(({ name }) => name !== "");
  const args = named.length === 0
    ? "Record<PropertyKey, never>"
    : `{ ${
      named.map(({ name, type, isOptional }) =>
        `${key(name)}${isOptional ? "?" : ""}: ${typeOf(type, known)}`
      ).join("; ")
    } }`;
  const row = columns.length > 0
    ? `{ ${columns.map(({ name, type }) => `${key(name)}: ${typeOf(type, known)}`).join("; ")} }`
    : typeOf(returns, known);
  return `{ Args: ${args}; Returns: ${returnsSet ? `${row}[]` : row} }`;
}

/** Where the named types of the database are, as an expression, by schema and name. */
type Known = ReadonlyMap<string, string>;

function knownTypes({ enums, composites, relations }: DatabaseTypes): Known {
  const at = (section: string) => ({ schema, name }: { schema: string; name: string }) =>
    [
      `${schema}.${name}`,
      `Database[${JSON.stringify(schema)}][${JSON.stringify(section)}][${JSON.stringify(name)}]`,
    ] as const;
  const tables = relations.filter(({ kind }) => kind === "table").map(at("Tables"));
  const views = relations.filter(({ kind }) => kind === "view").map(at("Views"));
  return new Map([
    ...enums.map(at("Enums")),
    ...composites.map(at("CompositeTypes")),
    ...[...tables, ...views].map(([name, type]) => [name, `${type}["Row"]`] as const),
  ]);
}

function typeOf({ schema, name, kind, isArray }: TypeRef, known: Known): string {
  const named = kind === "e" || kind === "c" ? known.get(`${schema}.${name}`) : undefined;
  const type = named ?? (schema === "pg_catalog" ? PLAIN[name] : undefined) ??
    (kind === "c" ? "Json" : "string");
  return isArray ? `${type}[]` : type;
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? [`${title}: Record<never, never>;`]
    : [`${title}: {`, ...indent(lines), "};"];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** A property's name, quoted where TypeScript wants that. */
function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
