import { qualifiedName, quoteLiteral, quoteName } from "../../database/names.ts";
import type { WritePlan } from "../plan/write_plan.ts";
import { conditionSql } from "./condition.ts";
import { fieldSql } from "./field.ts";
import { returningSql } from "./needed_columns.ts";
import type { Values } from "./values.ts";

/** Writes a change as SQL that answers the changed rows' needed columns. */
export function writeSql(plan: WritePlan, values: Values): string {
  const { relation, action } = plan;
  const target = qualifiedName(relation.schema, relation.name);
  const returning = `RETURNING ${returningSql(plan)}`;
  switch (action) {
    case "insert":
      return `INSERT INTO ${target} AS target ${insertSql(plan, values)} ${returning}`;
    case "update": {
      if (plan.columns.length === 0) {
        return `SELECT ${returningSql(plan)} FROM ${target} AS target WHERE false`;
      }
      const assignments = plan.columns.map((name) =>
        `${quoteName(name)} = given.${quoteName(name)}`
      );
      const given = `(SELECT ${givenColumns(plan)} FROM ${
        givenSql(plan, values)
      } LIMIT 1) AS given`;
      return `UPDATE ${target} AS target SET ${assignments.join(", ")} FROM ${given} ${
        whereSql(plan, values)
      } ${returning}`;
    }
    case "delete":
      return `DELETE FROM ${target} AS target ${whereSql(plan, values)} ${returning}`;
  }
}

function insertSql(plan: WritePlan, values: Values): string {
  const { columns, given, key, conditions } = plan;
  if (columns.length === 0) {
    return given!.count === 0 ? "SELECT NULL WHERE false" : "DEFAULT VALUES";
  }
  const list = columns.map(quoteName).join(", ");
  const subject = { alias: "given", relation: plan.relation };
  const where = conditions.map((condition) => conditionSql(condition, subject, values));
  return `(${list}) SELECT ${givenColumns(plan)} FROM ${givenSql(plan, values)}${
    where.length > 0 ? ` WHERE ${where.join(" AND ")}` : ""
  }${key && key.length > 0 ? conflictSql(plan, key) : ""}`;
}

function conflictSql({ columns, merges }: WritePlan, key: readonly string[]): string {
  const target = ` ON CONFLICT (${key.map(quoteName).join(", ")})`;
  if (!merges) return `${target} DO NOTHING`;
  const others = columns.filter((name) => !key.includes(name));
  const changes = (others.length > 0 ? others : columns)
    .map((name) => `${quoteName(name)} = excluded.${quoteName(name)}`);
  return `${target} DO UPDATE SET ${changes.join(", ")} WHERE ${COUNT_MERGED}`;
}

/** The given rows as columns of the table's types, read by the casts of domains that have one. */
function givenSql({ columns, given, relation, usesDefaults }: WritePlan, values: Values): string {
  const found = columns.map((name) => relation.columns.find((column) => column.name === name)!);
  const list = found.map(({ name, type, casts }) =>
    `${quoteName(name)} ${casts?.fromJson ? "json" : type}`
  ).join(", ");
  const json = `${values.add(given!.json)}::json`;
  const from = usesDefaults ? `json_array_elements(${json}) AS element, ` : "";
  const rows = usesDefaults ? "json_to_record(element)" : `json_to_recordset(${json})`;
  if (!found.some(({ casts }) => casts?.fromJson)) return `${from}${rows} AS given(${list})`;
  const read = found.map(({ name, casts }) => {
    const column = quoteName(name);
    return casts?.fromJson ? `${casts.fromJson}(${column}) AS ${column}` : column;
  });
  return `${from}LATERAL (SELECT ${read.join(", ")} FROM ${rows} AS sent(${list})) AS given`;
}

function givenColumns({ columns, relation, usesDefaults }: WritePlan): string {
  return columns.map((name) => {
    const value = `given.${quoteName(name)}`;
    if (!usesDefaults) return value;
    const preset = relation.columns.find((column) => column.name === name)?.default ?? "NULL";
    return `CASE WHEN jsonb_exists(element::jsonb, ${
      quoteLiteral(name)
    }) THEN ${value} ELSE ${preset} END AS ${quoteName(name)}`;
  }).join(", ");
}

function whereSql(plan: WritePlan, values: Values): string {
  const { conditions, relation } = plan;
  const written = () =>
    conditions.map((condition) => conditionSql(condition, { alias: "target", relation }, values));
  const all = [...written(), ...limitSql(plan, written)];
  return all.length > 0 ? `WHERE ${all.join(" AND ")}` : "";
}

/** Only the first rows, by their primary keys; of views by the columns of the order. */
function limitSql({ relation, page, order }: WritePlan, written: () => string[]): string[] {
  if (!page) return [];
  const keys = relation.primaryKey.length > 0
    ? relation.primaryKey
    : [...new Set(order.map(({ field }) => field.name))];
  const list = (alias: string) => keys.map((name) => `${alias}.${quoteName(name)}`).join(", ");
  const conditions = written();
  const first = [
    `SELECT ${list("target")} FROM ${qualifiedName(relation.schema, relation.name)} AS target`,
    conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "",
    `ORDER BY ${
      order.map(({ field, suffix }) => fieldSql("target", field, relation) + suffix).join(", ")
    }`,
    page.limit === undefined ? "" : `LIMIT ${page.limit}`,
    page.offset ? `OFFSET ${page.offset}` : "",
  ];
  return [`(${list("target")}) IN (${first.filter(Boolean).join(" ")})`];
}

const MERGED = "coalesce(nullif(current_setting('insforge.merged', true), ''), '0')::int4";

/** True; counts the rows that were merged with one that was there. */
const COUNT_MERGED = `set_config('insforge.merged', (${MERGED} + 1)::text, true) IS NOT NULL`;

/** How many of the rows of `changed` are new. */
export const INSERTED = `(SELECT count(*) FROM changed) - ${MERGED}`;
