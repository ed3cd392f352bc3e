import { quoteLiteral, quoteName } from "../../database/names.ts";
import type { Field } from "../request/field.ts";
import type { DomainCasts, Relation } from "../schema/relation.ts";

/**
 * A field as SQL. Keys of JSON stand in the text as quoted literals, so that an index on the same
 * expression is used; arrays and rows are seen as JSON.
 */
export function fieldSql(alias: string, { name, path }: Field, relation?: Relation): string {
  const column = `${alias}.${quoteName(name)}`;
  if (path.length === 0) return column;
  const type = relation?.columns.find((column) => column.name === name)?.type;
  const isJson = type !== undefined && /^jsonb?$/.test(type);
  const steps = path.map(({ arrow, key }) =>
    arrow + (typeof key === "number" ? (key < 0 ? `(${key})` : key) : quoteLiteral(key))
  );
  return `(${isJson ? column : `to_jsonb(${column})`}${steps.join("")})`;
}

/** A field as an answer shows it: where its type is a domain, by the domain's cast to JSON. */
export function shownSql(alias: string, field: Field, relation?: Relation): string {
  const cast = castOf("toJson", field, relation);
  const sql = fieldSql(alias, field, relation);
  return cast === undefined ? sql : `${cast}(${sql})`;
}

/** The function of a cast of the domain that a field's type is, if it has one. */
export function castOf(
  cast: keyof DomainCasts,
  { name, path }: Field,
  relation: Relation | undefined,
): string | undefined {
  if (path.length > 0) return undefined;
  return relation?.columns.find((column) => column.name === name)?.casts?.[cast] ?? undefined;
}

/** What an answer calls a field: its last key, or the column. */
export function fieldName({ name, path }: Field): string {
  return path.findLast(({ key }) => typeof key === "string")?.key as string | undefined ?? name;
}
