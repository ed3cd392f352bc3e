import { qualifiedName, quoteName } from "../database/names.ts";
import { DataApiError } from "./postgrest_error.ts";
import { columnSql, filterSql, logicSql, orderSql, unquoted } from "./filters.ts";
import { findRelation, type ForeignKey } from "./relations.ts";
import { parseSelect, type Selected } from "./selection.ts";

/** What a request asks of a table, by the names of its query string. */
export type Parameters = readonly (readonly [name: string, value: string])[];

const OPTIONS = new Set(["select", "order", "limit", "offset", "columns", "on_conflict", "schema"]);
const LOGIC = /^(not\.)?(and|or)$/;

/** Builds the SQL of reads; filters of a related table are named with it: `author.name=eq.Ada`. */
export class QueryBuilder {
  #aliases = 0;

  readonly #schema: string;
  readonly #foreignKeys: readonly ForeignKey[];

  constructor(schema: string, foreignKeys: readonly ForeignKey[]) {
    this.#schema = schema;
    this.#foreignKeys = foreignKeys;
  }

  /** A name for a source of rows that no other one has. */
  alias(): string {
    return `t${this.#aliases++}`;
  }

  /**
   * The rows of a table, as a SELECT.
   * @param source what they are read from, the table itself unless given
   */
  select(
    table: string,
    parameters: Parameters,
    source = qualifiedName(this.#schema, table),
  ): string {
    const alias = this.alias();
    const items = parseSelect(optionOf(parameters, "select") ?? "*");
    const conditions = [
      ...this.where(alias, parameters),
      ...this.#inner(table, alias, items, parameters),
    ];
    return [
      `SELECT ${this.#list(table, alias, items, parameters)} FROM ${source} AS ${alias}`,
      conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "",
      ...this.#page(alias, parameters),
    ].filter(Boolean).join(" ");
  }

  /** How many rows there are, whatever the page. */
  count(table: string, parameters: Parameters): string {
    const unpaged = parameters.filter(([name]) => !["limit", "offset", "order"].includes(name));
    return `SELECT count(*) AS total FROM (${this.select(table, unpaged)}) AS counted`;
  }

  /** The conditions on a table's own columns. */
  where(alias: string, parameters: Parameters): string[] {
    return parameters.flatMap(([name, value]) => {
      if (OPTIONS.has(name) || name.includes(".") && !LOGIC.test(name)) return [];
      return LOGIC.test(name) ? logicSql(alias, name, value) : filterSql(alias, name, value);
    });
  }

  #page(alias: string, parameters: Parameters): string[] {
    const order = optionOf(parameters, "order");
    const number = (name: string) => {
      const value = optionOf(parameters, name);
      if (value === undefined) return "";
      if (/^\d+$/.test(value)) return `${name.toUpperCase()} ${value}`;
      throw new DataApiError(400, "PGRST100", `${name} is no number: ${JSON.stringify(value)}`);
    };
    return [order ? `ORDER BY ${orderSql(alias, order)}` : "", number("limit"), number("offset")];
  }

  #list(table: string, alias: string, items: readonly Selected[], parameters: Parameters): string {
    return items.map((item) => {
      if (item.kind === "all") return `${alias}.*`;
      if (item.kind === "related") return this.#related(table, alias, item, parameters);
      const name = unquoted(item.alias ?? item.column.split(/->>?/).at(-1)!);
      const cast = item.cast ? `::${item.cast}` : "";
      return `(${columnSql(alias, item.column)})${cast} AS ${quoteName(name)}`;
    }).join(", ");
  }

  #related(
    table: string,
    alias: string,
    item: Extract<Selected, { kind: "related" }>,
    parameters: Parameters,
  ): string {
    const relation = findRelation(this.#foreignKeys, this.#schema, table, item.relation, item.hint);
    const child = this.alias();
    const own = below(parameters, item.alias ?? item.relation);
    const conditions = [relation.condition(alias, child), ...this.where(child, own)];
    const rows = [
      `SELECT ${this.#list(relation.table, child, item.items, own)}`,
      `FROM ${qualifiedName(this.#schema, relation.table)} AS ${child}`,
      `WHERE ${conditions.join(" AND ")}`,
      ...this.#page(child, own),
    ].join(" ");
    const row = quoteName(`row of ${child}`);
    const value = relation.isOne
      ? `(SELECT row_to_json(${row}) FROM (${rows} LIMIT 1) AS ${row})`
      : `coalesce((SELECT json_agg(${row}) FROM (${rows}) AS ${row}), '[]')`;
    return `${value} AS ${quoteName(item.alias ?? item.relation)}`;
  }

  /** Rows that have to have related ones. */
  #inner(
    table: string,
    alias: string,
    items: readonly Selected[],
    parameters: Parameters,
  ): string[] {
    return items.flatMap((item) => {
      if (item.kind !== "related" || !item.isInner) return [];
      const relation = findRelation(
        this.#foreignKeys,
        this.#schema,
        table,
        item.relation,
        item.hint,
      );
      const child = this.alias();
      const own = below(parameters, item.alias ?? item.relation);
      const conditions = [
        relation.condition(alias, child),
        ...this.where(child, own),
        ...this.#inner(relation.table, child, item.items, own),
      ];
      const source = qualifiedName(this.#schema, relation.table);
      return `EXISTS (SELECT FROM ${source} AS ${child} WHERE ${conditions.join(" AND ")})`;
    });
  }
}

/** The last value of an option. */
export function optionOf(parameters: Parameters, name: string): string | undefined {
  return parameters.findLast(([given]) => given === name)?.[1];
}

/** The parameters of a related table, without its name. */
function below(parameters: Parameters, relation: string): Parameters {
  return parameters.filter(([name]) => name.startsWith(`${relation}.`))
    .map(([name, value]) => [name.slice(relation.length + 1), value]);
}
