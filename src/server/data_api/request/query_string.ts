import { DataApiError } from "../postgrest_error.ts";
import { readPath } from "./field.ts";
import { type Condition, isFilter, parseFilter, parseLogic } from "./filter.ts";
import { type OrderTerm, parseOrder } from "./order.ts";
import { Scanner } from "./scanner.ts";
import { parseSelect, type SelectedItem } from "./select.ts";

/** What is asked of the rows of one table: those of the request, or related ones. */
export interface RowOptions {
  readonly conditions: Condition[];
  order: readonly OrderTerm[];
  limit?: number;
  offset?: number;
  /** The options of related rows, by the name that the request gives them. */
  readonly related: Map<string, RowOptions>;
}

/** A query string in PostgREST's language. */
export interface Query {
  readonly items: readonly SelectedItem[];
  readonly options: RowOptions;
  /** The columns that a change sets, where the request names them. */
  readonly columns?: readonly string[];
  readonly onConflict?: readonly string[];
  /** What is no filter, for functions: values by name. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const LOGIC = /^(?:not\.)?(?:and|or)$/;

/**
 * Reads a query string; `schema` is InsForge's own.
 * @param hasValues whether what is no filter is an argument of a function
 * @throws {DataApiError} 400 PGRST100, 416 PGRST103
 */
export function parseQuery(parameters: URLSearchParams, hasValues = false): Query {
  const options = newOptions();
  const values = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    if (["select", "columns", "on_conflict", "schema"].includes(name)) continue;
    const { path, last } = splitName(name);
    const own = path.reduce(optionsOf, options);
    if (LOGIC.test(last)) own.conditions.push(parseLogic(last, value));
    else if (last === "order") own.order = value === "" ? [] : parseOrder(value);
    else if (last === "limit") own.limit = readNumber(value);
    // PostgREST begins with the first row where it is to begin before that.
    else if (last === "offset") own.offset = value.startsWith("-") ? 0 : readNumber(value);
    else if (hasValues && path.length === 0 && !isFilter(value)) {
      values.set(name, [...values.get(name) ?? [], value]);
    } else own.conditions.push(readCondition(last, value));
  }
  const list = (name: string) => {
    const text = parameters.get(name);
    return text === null ? undefined : parseNames(text, name);
  };
  const items = parseSelect(parameters.get("select") ?? "");
  return { items, options, columns: list("columns"), onConflict: list("on_conflict"), values };
}

function newOptions(): RowOptions {
  return { conditions: [], order: [], related: new Map() };
}

function optionsOf(options: RowOptions, name: string): RowOptions {
  const own = options.related.get(name) ?? newOptions();
  options.related.set(name, own);
  return own;
}

/** The names of related rows, and what follows them: a field with its path, or a word. */
function splitName(name: string): { path: string[]; last: string } {
  if (!name.includes(".")) return { path: [], last: name };
  const scanner = new Scanner(name, "tree path");
  const path: string[] = [];
  while (true) {
    if (LOGIC.test(name.slice(scanner.position))) return { path, last: scanner.rest() };
    const start = scanner.position;
    const word = scanner.needName();
    if (!scanner.eat(".")) return { path, last: name.slice(start) };
    path.push(word);
  }
}

function readCondition(name: string, value: string): Condition {
  const scanner = new Scanner(name, "tree path");
  const field = { name: scanner.needName(), path: readPath(scanner) };
  scanner.end();
  return parseFilter(field, value);
}

/** Whole numbers; PostgREST overlooks what is none. */
function readNumber(value: string): number | undefined {
  if (/^-\d+$/.test(value)) throw badRange("Limit should be greater than or equal to zero.");
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** A range that cannot be. */
export function badRange(details: string, headers?: Record<string, string>): DataApiError {
  const message = "Requested range not satisfiable";
  return new DataApiError(416, "PGRST103", message, details, null, headers);
}

function parseNames(text: string, what: string): string[] {
  const scanner = new Scanner(text, `${what} parameter`);
  const names = scanner.list(() => scanner.needName());
  scanner.end();
  return names;
}
