import { ApiError } from "../../http/api_error.ts";
import type { Condition } from "../request/filter.ts";
import type { OrderTerm } from "../request/order.ts";
import type { Relation } from "../schema/relation.ts";

/** Values by the names of columns. */
export type Values = Readonly<Record<string, string | number | boolean | null>>;

/** The rows with these values. */
export function isRow(values: Values): Condition {
  const conditions = Object.entries(values).map(([name, value]): Condition => ({
    kind: "filter",
    field: { name, path: [] },
    isNegated: false,
    operation: value === null
      ? { kind: "is", what: "NULL" }
      : { kind: "compare", operator: "=", value: String(value) },
  }));
  return { kind: "logic", isNegated: false, operator: "AND", conditions };
}

/** The rows that one of the conditions holds for. */
export function anyOf(conditions: readonly Condition[]): Condition {
  return { kind: "logic", isNegated: false, operator: "OR", conditions };
}

/** The rows with a text in a column that holds text. */
export function holds(relation: Relation, text: string): Condition[] {
  const value = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
  const columns = relation.columns.filter(({ holdsText }) => holdsText);
  if (columns.length === 0) return [];
  return [anyOf(columns.map(({ name }) => ({
    kind: "filter",
    field: { name, path: [] },
    isNegated: false,
    operation: { kind: "compare", operator: "ILIKE", value },
  })))];
}

/**
 * Reads `created_at:desc,name:asc`.
 * @throws {ApiError} 400 INVALID_INPUT
 */
export function parseSort(text = ""): OrderTerm[] {
  const clauses = text.split(",").map((clause) => clause.trim()).filter(Boolean);
  return clauses.map((clause) => {
    const [, name, direction = "asc"] = /^([^:]+)(?::(asc|desc))?$/i.exec(clause) ?? [];
    if (name !== undefined) {
      return { field: { name, path: [] }, suffix: ` ${direction.toUpperCase()}` };
    }
    throw new ApiError(
      400,
      "INVALID_INPUT",
      `${JSON.stringify(clause)} is no order`,
      "Write it as column:asc or column:desc.",
    );
  });
}

/** @throws {ApiError} 400 INVALID_INPUT for a column that the table does not have */
export function checkColumns(relation: Relation, names: readonly string[]): void {
  for (const name of names) {
    if (relation.columns.some((column) => column.name === name)) continue;
    throw new ApiError(
      400,
      "INVALID_INPUT",
      `${relation.name} has no column ${JSON.stringify(name)}`,
      `Its columns are: ${relation.columns.map(({ name }) => name).join(", ")}`,
    );
  }
}

/** @throws {ApiError} 400 INVALID_INPUT unless these are the table's primary key, if it has one */
export function checkKey({ primaryKey }: Relation, names: readonly string[]): void {
  const isKey = primaryKey.length === names.length &&
    primaryKey.every((name) => names.includes(name));
  if (isKey || primaryKey.length === 0) return;
  throw new ApiError(
    400,
    "INVALID_INPUT",
    "These columns are not the table's primary key",
    `Give exactly: ${primaryKey.join(", ")}`,
  );
}
