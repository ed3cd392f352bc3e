import { isJsonObject, isKeptNumber, parseExactJson } from "../../../core/exact_json.ts";
import { ApiError } from "../../http/api_error.ts";
import { readBody } from "../../http/validate.ts";
import type { RequestContext } from "../../services.ts";
import { DataApiError } from "../postgrest_error.ts";
import type { Relation } from "../schema/relation.ts";
import { parseCsv } from "./csv.ts";

/** Bytes that a body may have. */
const MAX_BYTES = 100 * 1024 * 1024;

type JsonObject = Record<string, unknown>;

/** Rows that a request brings. */
export interface GivenRows {
  /** The columns that they give values. */
  readonly columns: readonly string[];
  /** A JSON array of objects. */
  readonly json: string;
  readonly count: number;
  /** The first row. */
  readonly first: JsonObject | undefined;
}

/** The body of a request. */
export interface Body {
  /** Its media type, JSON unless the request says otherwise. */
  readonly type: string;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Reads the whole body. @throws {ApiError} 413 */
export async function readWhole(context: RequestContext): Promise<Body> {
  const header = context.req.header("content-type") ?? "application/json";
  const bytes = await readBody(context, MAX_BYTES);
  const type = header.split(";")[0]!.trim().toLowerCase();
  return { type, bytes, text: new TextDecoder().decode(bytes) };
}

/**
 * Reads rows from JSON, NDJSON, CSV or a form. Empty texts are no values of columns that hold no
 * text: they are left out (contract section 6.5).
 * @param named the columns that the request names; without them all rows have to have the same
 * @throws {DataApiError} 400 PGRST102
 */
export function parseGivenRows(
  { type, text }: Body,
  relation: Relation,
  named: readonly string[] | undefined,
): GivenRows {
  const { rows, isChanged } = withoutEmpty(parseRows(type, text), relation, type);
  const keys = Object.keys(rows[0] ?? {});
  const isUniform = rows.every((row) => {
    const own = Object.keys(row);
    return own.length === keys.length && own.every((key) => Object.hasOwn(rows[0]!, key));
  });
  if (!named && !isUniform) throw badBody("All object keys must match");
  const isAsGiven = type === "application/json" && !isChanged && text.trim() !== "";
  const json = isAsGiven
    ? (text.trim().startsWith("[") ? text : `[${text}]`)
    : JSON.stringify(rows);
  return { columns: named ?? keys, json, count: rows.length, first: rows[0] };
}

/** Reads a JSON object, `{}` when there is none, or an array. */
export function parseJson(text: string): JsonObject | unknown[] {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (error) {
    throw invalidJson((error as Error).message);
  }
  if (typeof value !== "object" || value === null || isKeptNumber(value)) {
    throw invalidJson("The body must be a JSON object or array");
  }
  return value as JsonObject | unknown[];
}

function parseRows(type: string, text: string): JsonObject[] {
  switch (type) {
    case "text/csv": {
      const [header = [], ...lines] = parseCsv(text);
      if (lines.some((line) => line.length !== header.length)) {
        throw badBody("All lines must have same number of fields");
      }
      return lines.map((line) =>
        Object.fromEntries(header.map((name, n) => [name, line[n] === "NULL" ? null : line[n]]))
      );
    }
    case "application/x-www-form-urlencoded":
      return [Object.fromEntries(new URLSearchParams(text))];
    case "application/x-ndjson":
    case "application/ndjson":
      return text.split("\n").filter((line) => line.trim() !== "")
        .flatMap((line) => objects(parseJson(line)));
    case "application/json":
      return objects(parseJson(text));
    default:
      throw badBody(`Content-Type not acceptable: ${type}`);
  }
}

function objects(value: JsonObject | unknown[]): JsonObject[] {
  const rows = Array.isArray(value) ? value : [value];
  if (rows.every(isJsonObject)) return rows as JsonObject[];
  throw badBody("All object keys must match");
}

function withoutEmpty(
  rows: JsonObject[],
  relation: Relation,
  type: string,
): { rows: JsonObject[]; isChanged: boolean } {
  const isEmpty = (row: JsonObject) => Object.values(row).includes("");
  if (type !== "application/json" || !rows.some(isEmpty)) return { rows, isChanged: false };
  const holdsText = new Set(
    relation.columns.filter(({ holdsText }) => holdsText).map(({ name }) => name),
  );
  const isKept = ([name, value]: [string, unknown]) => value !== "" || holdsText.has(name);
  return {
    rows: rows.map((row) => Object.fromEntries(Object.entries(row).filter(isKept))),
    isChanged: true,
  };
}

/** A body that PostgREST refuses. */
export function badBody(message: string): DataApiError {
  return new DataApiError(400, "PGRST102", message);
}

function invalidJson(message: string): ApiError {
  return new ApiError(400, "INVALID_INPUT", message, "Send a valid JSON object as the body.");
}
