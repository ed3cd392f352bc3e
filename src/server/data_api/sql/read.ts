import { qualifiedName, quoteName } from "../../database/names.ts";
import { type Embed, embedOf, hasAggregate, type ReadPlan } from "../plan/read_plan.ts";
import type { SelectedField } from "../request/select.ts";
import type { Relationship } from "../schema/relationships.ts";
import type { Relation } from "../schema/relation.ts";
import { conditionSql } from "./condition.ts";
import { castOf, fieldName, fieldSql, shownSql } from "./field.ts";
import { castSql } from "./types.ts";
import type { Values } from "./values.ts";

/** Where rows come from. */
export interface Source {
  /** As FROM has it. */
  readonly sql: string;
  /** Whether its rows are not of the table's own type, but of a query with the same columns. */
  readonly isDerived?: boolean;
}

/** A column of a level's rows. */
interface Column {
  readonly sql: string;
  /** Undefined for all columns at once. */
  readonly name?: string;
  readonly isAggregate?: boolean;
  /** What rows are grouped by in its place, where it can't be compared. */
  readonly group?: string;
  /** What is to be done with it once it was spread. */
  readonly later?: SelectedField;
}

interface Wanted {
  /** Conditions that tie related rows to the row that they belong to. */
  readonly conditions?: (alias: string) => string[];
  /** Whether only the number of rows matters. */
  readonly isBare?: boolean;
  /** Whether aggregates are left to the level that the columns are spread into. */
  readonly isSpread?: boolean;
}

/** The rows of a table itself. */
export function tableSource(relation: Relation): Source {
  return { sql: qualifiedName(relation.schema, relation.name) };
}

/** All rows of a plan, whatever part of them is wanted, without their columns: to be counted. */
export function allRowsSql(plan: ReadPlan, source: Source, values: Values): string {
  const all = { ...plan, limit: undefined, offset: undefined };
  return new ReadSql(values).rows(all, source, { isBare: true });
}

/** How many rows that are. */
export function countSql(plan: ReadPlan, source: Source, values: Values): string {
  return `SELECT count(*) FROM (${allRowsSql(plan, source, values)}) AS _all`;
}

/** Writes plans of reads as SQL. */
export class ReadSql {
  readonly #values: Values;
  readonly #isForTable: boolean;
  readonly #tables = new Map<string, string>();
  #aliases = 0;

  /** @param isForTable whether all columns are to be of the table's own types */
  constructor(values: Values, isForTable = false) {
    this.#values = values;
    this.#isForTable = isForTable;
  }

  /** The names of the tables that were read so far, by what the SQL calls them. */
  get tables(): ReadonlyMap<string, string> {
    return this.#tables;
  }

  /** The rows of a plan, as a SELECT. */
  rows(plan: ReadPlan, source: Source, wanted: Wanted = {}): string {
    const alias = this.#alias("t");
    if (plan.relation) this.#tables.set(alias, plan.relation.name);
    const joins = new Map(plan.embeds.map((embed) => [embed, this.#alias("e")]));
    const needed = new Set(
      plan.embeds.filter(({ isInner }) => isInner || !wanted.isBare),
    );
    const conditions = [
      ...wanted.conditions?.(alias) ?? [],
      ...this.#conditions(plan, alias, (embed) => {
        needed.add(embed);
        return foundSql(embed, joins.get(embed)!);
      }),
    ];
    const isAggregated = !wanted.isSpread && hasAggregate(plan);
    const columns = wanted.isBare && !isAggregated
      ? []
      : this.#columns(plan, source, alias, joins, { isAggregated, isSpread: wanted.isSpread });
    if (isAggregated) { for (const embed of plan.embeds) needed.add(embed); }
    const groups = isAggregated ? columns.filter(({ isAggregate }) => !isAggregate) : [];
    return [
      `SELECT ${columns.map(columnSql).join(", ")} FROM ${source.sql} AS ${alias}`,
      ...[...joins].filter(([embed]) => needed.has(embed))
        .map(([embed, name]) => this.#join(plan, source, alias, embed, name, wanted)),
      conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "",
      groups.length > 0
        ? `GROUP BY ${groups.map(({ sql, group }) => group ?? sql).join(", ")}`
        : "",
      wanted.isBare ? "" : this.#order(plan, source, alias, isAggregated ? joins : undefined),
      plan.limit === undefined ? "" : `LIMIT ${plan.limit}`,
      plan.offset ? `OFFSET ${plan.offset}` : "",
    ].filter(Boolean).join(" ");
  }

  #alias(prefix: string): string {
    return `_${prefix}${this.#aliases++}`;
  }

  #conditions(plan: ReadPlan, alias: string, foundSql: (embed: Embed) => string): string[] {
    const subject = { alias, relation: plan.relation, embeds: plan.embeds, foundSql };
    return plan.conditions.map((condition) => conditionSql(condition, subject, this.#values));
  }

  #columns(
    plan: ReadPlan,
    source: Source,
    alias: string,
    joins: ReadonlyMap<Embed, string>,
    { isAggregated, isSpread }: { isAggregated: boolean; isSpread?: boolean },
  ): Column[] {
    return plan.items.flatMap((item): Column[] => {
      if (item.kind === "embed") {
        return embedColumns(item, joins.get(item)!, isAggregated, isSpread);
      }
      if (item.aggregate) return [aggregateColumn(item, alias, plan.relation, isSpread)];
      if (item.field.name !== "*") return [plainColumn(item, alias, plan.relation)];
      const { relation } = plan;
      const isListed = isAggregated || isSpread || source.isDerived ||
        relation?.columns.some(({ casts }) => casts?.toJson);
      if (!isListed || !relation) return [{ sql: `${alias}.*` }];
      const typed = this.#isForTable ? undefined : relation;
      return relation.columns.map(({ name }) =>
        plainColumn({ kind: "field", field: { name, path: [] } }, alias, typed)
      );
    });
  }

  /** @param grouped the joins of rows that are grouped: by columns that these give, at most */
  #order(
    { order, embeds, relation }: ReadPlan,
    source: Source,
    alias: string,
    grouped: ReadonlyMap<Embed, string> | undefined,
  ): string {
    if (order.length === 0) return "";
    const terms = order.map(({ relation: name, field, suffix }) => {
      if (name === undefined) return fieldSql(alias, field, relation) + suffix;
      const embed = embedOf(embeds, name)!;
      if (grouped && embed.isSpread) {
        return `${grouped.get(embed)}.${quoteName(fieldName(field))}${suffix}`;
      }
      const child = this.#alias("o");
      const { from, conditions } = this.#related(relation, source, alias, embed.relationship);
      const all = [
        ...conditions(child),
        ...embed.plan.conditions.map((condition) =>
          conditionSql(condition, { alias: child, relation: embed.plan.relation }, this.#values)
        ),
      ];
      const where = all.length > 0 ? ` WHERE ${all.join(" AND ")}` : "";
      return `(SELECT ${
        fieldSql(child, field, embed.plan.relation)
      } FROM ${from.sql} AS ${child}${where} LIMIT 1)${suffix}`;
    });
    return `ORDER BY ${terms.join(", ")}`;
  }

  #join(
    plan: ReadPlan,
    source: Source,
    alias: string,
    embed: Embed,
    name: string,
    { isBare }: Wanted,
  ): string {
    const { relationship, isInner, isSpread } = embed;
    const { from, conditions } = this.#related(plan.relation, source, alias, relationship);
    const isSure = relationship.to.kind !== "v" && relationship.kind !== "computed";
    const own = relationship.isToOne && !isSure
      ? { ...embed.plan, limit: embed.plan.limit ?? 1 }
      : embed.plan;
    const isListed = !isBare || hasAggregate(plan);
    const rows = this.rows(own, from, { conditions, isBare: !isListed, isSpread });
    const row = this.#alias("r");
    const names = isSpread && isListed
      ? outputsOf(embed.plan).map(({ name }) => quoteName(name))
      : [];
    const list = relationship.isToOne
      ? isSpread ? [...names.map((name) => `${row}.${name}`), `true AS ${FOUND}`] : [
        `row_to_json(${row}) AS v`,
      ]
      : isSpread
      ? [
        ...names.map((name) => `json_agg(${row}.${name}) AS ${name}`),
        `json_agg(true) AS ${FOUND}`,
      ]
      : [`json_agg(${row}) AS v`];
    const on = isInner ? `${foundSql(embed, name)} IS NOT NULL` : "true";
    const word = isInner ? "JOIN" : "LEFT JOIN";
    return `${word} LATERAL (SELECT ${
      list.join(", ")
    } FROM (${rows}) AS ${row}) AS ${name} ON ${on}`;
  }

  /** Where related rows come from, and what ties them to a row. */
  #related(
    parent: Relation | undefined,
    source: Source,
    alias: string,
    { to, kind, name, columns, junction }: Relationship,
  ): { from: Source; conditions: (child: string) => string[] } {
    if (kind === "computed") {
      const row = source.isDerived && parent
        ? `ROW(${parent.columns.map(({ name }) => `${alias}.${quoteName(name)}`).join(", ")})::${
          qualifiedName(parent.schema, parent.name)
        }`
        : alias;
      return {
        from: { sql: `${qualifiedName(parent!.schema, name)}(${row})` },
        conditions: () => [],
      };
    }
    const equal = (one: string, other: string, pairs: typeof columns) =>
      pairs.map(([left, right]) => `${one}.${quoteName(left)} = ${other}.${quoteName(right)}`);
    if (!junction) {
      return {
        from: tableSource(to),
        conditions: (child) => equal(alias, child, columns),
      };
    }
    const between = this.#alias("j");
    const conditions = (child: string) => [
      `EXISTS (SELECT FROM ${tableSource(junction.relation).sql} AS ${between} WHERE ${
        [...equal(between, alias, junction.source), ...equal(between, child, junction.target)].join(
          " AND ",
        )
      })`,
    ];
    return { from: tableSource(to), conditions };
  }
}

/** A column of joined rows that is null where there are none. */
const FOUND = '"?found"';

function foundSql({ isSpread }: Embed, join: string): string {
  return isSpread ? `${join}.${FOUND}` : `${join}.v`;
}

function columnSql({ sql, name }: Column): string {
  return name === undefined ? sql : `${sql} AS ${quoteName(name)}`;
}

function plainColumn(
  { field, alias: given, cast }: SelectedField,
  alias: string,
  relation: Relation | undefined,
): Column {
  return {
    sql: castSql(shownSql(alias, field, relation), cast),
    name: given ?? fieldName(field),
    ...castOf("toJson", field, relation) && { group: fieldSql(alias, field, relation) },
  };
}

function aggregateColumn(
  item: SelectedField,
  alias: string,
  relation: Relation | undefined,
  isSpread?: boolean,
): Column {
  const { field, cast, aggregate, alias: given } = item;
  const name = given ?? aggregate!;
  const isRow = field.name === "*";
  const argument = isRow ? "*" : castSql(fieldSql(alias, field, relation), cast);
  if (isSpread) return { sql: isRow ? "1" : argument, name, later: item };
  return { sql: castSql(`${aggregate}(${argument})`, item.aggregateCast), name, isAggregate: true };
}

/** The columns that related rows give to the row that they belong to. */
function embedColumns(
  embed: Embed,
  join: string,
  isAggregated: boolean,
  isSpread?: boolean,
): Column[] {
  const { relationship: { isToOne }, plan, name } = embed;
  const comparable = isAggregated ? "::jsonb" : "";
  const orEmpty = (sql: string) => `coalesce(${sql}${comparable}, '[]')`;
  if (!embed.isSpread) {
    if (isEmpty(plan)) return [];
    return [{ sql: isToOne ? `${join}.v${comparable}` : orEmpty(`${join}.v`), name }];
  }
  return outputsOf(plan).map(({ name, later, isJson }) => {
    const sql = `${join}.${quoteName(name)}`;
    if (!later) return { sql: isToOne ? sql + (isJson ? comparable : "") : orEmpty(sql), name };
    if (isSpread) return { sql, name };
    const aggregate = castSql(`${later.aggregate}(${sql})`, later.aggregateCast);
    return { sql: aggregate, name, isAggregate: true };
  });
}

/** Whether nothing is asked of rows but whether they are there. */
function isEmpty({ items }: ReadPlan): boolean {
  return items.every((item) => item.kind === "embed" && !item.isSpread && isEmpty(item.plan));
}

/** A column of rows that are spread. */
interface Output {
  readonly name: string;
  /** What is to be done with it once it was spread. */
  readonly later?: SelectedField;
  /** Whether it is JSON of the data API's own making. */
  readonly isJson?: boolean;
}

/** The columns of rows that are spread. */
function outputsOf({ items, relation }: ReadPlan): Output[] {
  return items.flatMap((item) => {
    if (item.kind === "embed") {
      if (item.isSpread) return outputsOf(item.plan);
      return isEmpty(item.plan) ? [] : [{ name: item.name, isJson: true }];
    }
    if (item.aggregate) return [{ name: item.alias ?? item.aggregate, later: item }];
    if (item.field.name === "*") {
      return relation?.columns.map(({ name, casts }) => ({ name, isJson: !!casts?.toJson })) ?? [];
    }
    const isJson = !item.cast && castOf("toJson", item.field, relation) !== undefined;
    return [{ name: item.alias ?? fieldName(item.field), isJson }];
  });
}
