import { quoteName } from "../../database/names.ts";

/** Names of types that are words of SQL's grammar, and may not be quoted. */
const KEYWORDS = new Set([
  "int",
  "integer",
  "smallint",
  "bigint",
  "real",
  "float",
  "double precision",
  "decimal",
  "dec",
  "numeric",
  "boolean",
  "bit",
  "bit varying",
  "char",
  "character",
  "character varying",
  "varchar",
  "time",
  "time with time zone",
  "time without time zone",
  "timestamp",
  "timestamp with time zone",
  "timestamp without time zone",
  "interval",
]);

/** A cast to a type that a request names: a keyword of SQL's own, or a quoted name. */
export function castSql(expression: string, type: string | undefined): string {
  if (type === undefined) return expression;
  const name = type.toLowerCase().replace(/\s+/g, " ");
  return `CAST(${expression} AS ${KEYWORDS.has(name) ? name : quoteName(name)})`;
}
