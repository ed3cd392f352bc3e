/** Filters and rows as they are typed. */
import type { Context } from "../../cli/context.ts";
import { parseJson, readTextInput } from "../../cli/input.ts";
import { UsageError } from "../../core/errors.ts";
import { isJsonObject } from "../../core/exact_json.ts";
import type { Row } from "../../client/backend/records.ts";
import { plural } from "../../terminal/plural.ts";
import { table, text, type View } from "../../terminal/view.ts";

/** What the data API reads as no condition. */
const NO_COLUMNS = ["select", "order", "limit", "offset", "columns", "on_conflict"];

/**
 * `column=operator.value` filters as a query.
 * @throws {UsageError} for one that would let through every row, as well
 */
export function filtersOf(filters: readonly string[]): Record<string, string> {
  const query: Record<string, string> = {};
  for (const filter of filters) {
    const [, column, condition] = /^([^=]+)=(.+)$/s.exec(filter) ?? [];
    if (!column || !condition) {
      throw new UsageError(`--filter is no condition: ${JSON.stringify(filter)}.`, {
        hint: "Give it as column=operator.value, such as --filter id=eq.1.",
      });
    }
    if (NO_COLUMNS.includes(column)) {
      throw new UsageError(`--filter is no condition: ${JSON.stringify(filter)}.`, {
        hint: `A column ${column} is named in brackets: --filter 'and=(${column}.eq.1)'`,
      });
    }
    if (Object.hasOwn(query, column)) {
      throw new UsageError(`--filter names the column ${column} twice.`, {
        hint: `Put both into one: --filter 'and=(${column}.gt.1,${column}.lt.9)'`,
      });
    }
    query[column] = condition;
  }
  return query;
}

/** The filters of a change, of which there has to be one. @throws {UsageError} */
export function requiredFilters(filters: readonly string[] | undefined): Record<string, string> {
  if (filters?.length) return filtersOf(filters);
  throw new UsageError("--filter is missing: without it every row would be meant.", {
    hint: "Give it as column=operator.value, such as --filter id=eq.1.",
  });
}

/**
 * The JSON of `--data`, of a file behind `@`, or of standard input for `-`, as text: numbers keep
 * digits that JavaScript has no room for.
 * @throws {UsageError}
 */
export async function dataOf(
  context: Context,
  data: string | undefined,
): Promise<{ readonly json: string; readonly isArray: boolean }> {
  if (data === undefined) {
    throw new UsageError("--data is missing.", { hint: `Such as --data '{"name": "value"}'.` });
  }
  const isFile = data === "-" || data.startsWith("@");
  const source = data === "-" ? data : data.slice(1);
  const json = isFile ? await readTextInput(context, source) : data;
  const parsed = parseJson(json, "--data");
  const isArray = Array.isArray(parsed);
  if (!(isArray ? parsed.every(isJsonObject) : isJsonObject(parsed))) {
    throw new UsageError("--data is neither a row nor an array of rows.", {
      hint: `A row is an object: --data '{"name": "value"}'.`,
    });
  }
  return { json, isArray };
}

/** Rows as a table. */
export function rowsView(rows: readonly Row[]): View[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => names.map((name) => row[name]));
  return [
    table(names, cells, "No rows."),
    ...rows.length > 0 ? [text(`(${plural(rows.length, "row")})`)] : [],
  ];
}
