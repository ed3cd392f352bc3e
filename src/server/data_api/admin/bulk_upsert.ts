import { bulkUpsertRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { isKeptNumber, parseExactJson } from "../../../core/exact_json.ts";
import { schemaNamed } from "../../database/names.ts";
import { ApiError } from "../../http/api_error.ts";
import { parseValue, readForm } from "../../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../../services.ts";
import { parseCsv } from "../request/csv.ts";
import { type AdminRecord, AdminRecords } from "./records.ts";

/** Bytes that a form may have. */
const MAX_BYTES = 50 * 1024 ** 2;

/** Rows of a CSV or JSON file, written into a table, all or none (contract section 6.10). */
export function bulkUpsert(backend: LocalBackend): Area {
  const records = new AdminRecords(backend);
  return new Hono<RequestVariables>().post("/", async (context) => {
    const form = await readForm(
      context,
      MAX_BYTES,
      "Send the file as part `file`, beside `table`.",
    );
    const file = form.get("file");
    if (!(file instanceof File)) throw new ApiError(400, "INVALID_INPUT", "File is required");
    const fields = Object.fromEntries([...form].filter(([name]) => name !== "file"));
    const { schema, table, upsertKey } = parseValue(fields, bulkUpsertRequestSchema);
    const rows = rowsOf(file.name, await file.text());
    if (rows.length === 0) throw new ApiError(400, "INVALID_INPUT", "The file holds no rows");
    const relation = await records.table(schemaNamed(schema), table);
    const rowsAffected = await records.upsert(relation, rows, upsertKey || undefined);
    return context.json({
      success: true,
      message: `${rowsAffected} rows of ${file.name} were written to ${table}`,
      table,
      rowsAffected,
      totalRecords: rows.length,
      filename: file.name,
    });
  });
}

/** @throws {ApiError} 400 INVALID_INPUT */
function rowsOf(name: string, text: string): AdminRecord[] {
  if (/\.csv$/i.test(name)) {
    const [header = [], ...lines] = parseCsv(text.replace(/^\uFEFF/, ""))
      .filter((line) => line.some((value) => value !== ""));
    if (lines.some((line) => line.length !== header.length)) {
      throw new ApiError(400, "INVALID_INPUT", "All lines of a CSV file have as many fields");
    }
    return lines.map((line) => Object.fromEntries(header.map((name, n) => [name, line[n]])));
  }
  if (!/\.json$/i.test(name)) {
    throw new ApiError(400, "INVALID_INPUT", "Only files that end in .csv or .json are read");
  }
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (error) {
    throw new ApiError(400, "INVALID_INPUT", `The file is no JSON: ${(error as Error).message}`);
  }
  const rows = [value].flat();
  const isRow = (row: unknown) => typeof row === "object" && row !== null && !isKeptNumber(row);
  if (rows.every(isRow)) return rows as AdminRecord[];
  throw new ApiError(400, "INVALID_INPUT", "A row must be a JSON object");
}
