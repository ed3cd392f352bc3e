import { quoteLiteral, quoteName } from "../database/names.ts";
import { DataApiError } from "./postgrest_error.ts";
import { splitList } from "./lists.ts";

/** Operators of filters that are PostgreSQL's own, by PostgREST's names. */
const OPERATORS: Readonly<Record<string, string>> = {
  eq: "=",
  neq: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  like: "LIKE",
  ilike: "ILIKE",
  match: "~",
  imatch: "~*",
  cs: "@>",
  cd: "<@",
  ov: "&&",
  sl: "<<",
  sr: ">>",
  nxr: "&<",
  nxl: "&>",
  adj: "-|-",
  isdistinct: "IS DISTINCT FROM",
};

const TEXT_SEARCH: Readonly<Record<string, string>> = {
  fts: "to_tsquery",
  plfts: "plainto_tsquery",
  phfts: "phraseto_tsquery",
  wfts: "websearch_to_tsquery",
};

const IS: Readonly<Record<string, string>> = {
  null: "NULL",
  not_null: "NOT NULL",
  true: "TRUE",
  false: "FALSE",
  unknown: "UNKNOWN",
};

/** A column of a table, or what lies below it in its JSON: `data->tags->>0`. */
export function columnSql(alias: string, reference: string): string {
  const [column = "", ...steps] = reference.trim().split(/(->>?)/);
  let sql = `${alias}.${quoteName(unquoted(column))}`;
  for (let n = 0; n < steps.length; n += 2) {
    const key = unquoted(steps[n + 1] ?? "");
    sql += steps[n] + (/^-?\d+$/.test(key) ? key : quoteLiteral(key));
  }
  return sql;
}

/** `column=operator.value` of a query string as a condition. @throws {DataApiError} 400 PGRST100 */
export function filterSql(alias: string, column: string, filter: string): string {
  const [, not, name = "", , modifier, value = ""] =
    /^(not\.)?([a-z]+)(\((\w+)\))?\.(.*)$/s.exec(filter) ?? [];
  const sql = comparison(columnSql(alias, column), name, modifier, value, filter);
  return not ? `NOT (${sql})` : sql;
}

function comparison(
  column: string,
  name: string,
  modifier: string | undefined,
  value: string,
  filter: string,
): string {
  const operator = OPERATORS[name];
  if (operator) {
    const isPattern = name === "like" || name === "ilike";
    const text = isPattern ? value.replaceAll("*", "%") : value;
    if (modifier !== "any" && modifier !== "all") {
      return `${column} ${operator} ${quoteLiteral(text)}`;
    }
    const values = splitList(text.replace(/^\{(.*)\}$/s, "$1")).map(unquoted).map(quoteLiteral);
    return `${column} ${operator} ${modifier} (ARRAY[${values.join(", ")}])`;
  }
  if (name === "in") {
    const values = splitList(value.replace(/^\((.*)\)$/s, "$1")).map(unquoted).map(quoteLiteral);
    return values.length > 0 ? `${column} IN (${values.join(", ")})` : "false";
  }
  if (name === "is" && value.toLowerCase() in IS) return `${column} IS ${IS[value.toLowerCase()]}`;
  const search = TEXT_SEARCH[name];
  if (search) {
    const language = modifier ? `${quoteLiteral(modifier)}, ` : "";
    return `${column} @@ ${search}(${language}${quoteLiteral(value)})`;
  }
  throw new DataApiError(
    400,
    "PGRST100",
    `There is no filter ${JSON.stringify(filter)}`,
    null,
    "Write it as column=operator.value, such as id=eq.1",
  );
}

/** The tree of `or=(…)` and `and=(…)`. @throws {DataApiError} 400 */
export function logicSql(alias: string, word: string, tree: string): string {
  const not = word.startsWith("not.");
  const joined = splitList(tree.trim().replace(/^\((.*)\)$/s, "$1")).map((item) => {
    const [, inner, rest] = /^((?:not\.)?(?:and|or))(\(.*\))$/s.exec(item.trim()) ?? [];
    if (inner && rest) return logicSql(alias, inner, rest);
    const dot = item.indexOf(".");
    return filterSql(alias, item.slice(0, dot), item.slice(dot + 1));
  }).join(word.endsWith("or") ? " OR " : " AND ");
  return `${not ? "NOT " : ""}(${joined})`;
}

/** `column.desc.nullslast, …` as ORDER BY has it. */
export function orderSql(alias: string, order: string): string {
  return splitList(order).map((item) => {
    const [column = "", ...words] = item.trim().split(".");
    const direction = words.includes("desc") ? " DESC" : "";
    const nulls = words.includes("nullsfirst")
      ? " NULLS FIRST"
      : words.includes("nullslast")
      ? " NULLS LAST"
      : "";
    return columnSql(alias, column) + direction + nulls;
  }).join(", ");
}

/** A name or value that may stand in double quotes. */
export function unquoted(text: string): string {
  const [, inner] = /^"(.*)"$/s.exec(text.trim()) ?? [];
  return inner === undefined ? text.trim() : inner.replace(/\\(["\\])/g, "$1");
}
