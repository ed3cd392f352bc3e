/** Rows of tables over the data API: section 6 of the HTTP contract. */
import type { HttpClient } from "../http.ts";
import { path } from "../address.ts";
import { OperationError } from "../../core/errors.ts";
import { sendChange } from "../lost_answer.ts";

/** A row; values keep their wire form. */
export type Row = Readonly<Record<string, unknown>>;

const BASE = "/api/database/records";

/** Reads rows. @param query in the language of PostgREST */
export async function listRecords(
  backend: HttpClient,
  table: string,
  query: Readonly<Record<string, string | number | undefined>>,
): Promise<Row[]> {
  return rowsOf(await backend.json("GET", BASE + path(table), { query, exact: true }));
}

/** Adds rows, a JSON array, and answers them as they are now. */
export async function createRecords(
  backend: HttpClient,
  table: string,
  rows: string,
): Promise<Row[]> {
  return await change(backend, "POST", table, {}, rows);
}

/** Changes the rows that the filter is true of by a JSON object, and answers them. */
export async function updateRecords(
  backend: HttpClient,
  table: string,
  filter: Readonly<Record<string, string>>,
  values: string,
): Promise<Row[]> {
  return await change(backend, "PATCH", table, filter, values);
}

/** Deletes the rows that the filter is true of, and answers what they were. */
export async function deleteRecords(
  backend: HttpClient,
  table: string,
  filter: Readonly<Record<string, string>>,
): Promise<Row[]> {
  return await change(backend, "DELETE", table, filter);
}

async function change(
  backend: HttpClient,
  method: string,
  table: string,
  query: Readonly<Record<string, string>>,
  body?: string,
): Promise<Row[]> {
  const headers = { prefer: "return=representation", "content-type": "application/json" };
  const options = { query, body, headers, exact: true };
  const send = () => backend.json<unknown>(method, BASE + path(table), options);
  return rowsOf(
    await sendChange(send, {
      may: `the rows of ${table} may have changed`,
      hint: `See what there is with: insforge records list ${table}`,
    }),
  );
}

/** Some backends put the rows into `data`. @throws {OperationError} when there are none to read */
function rowsOf(answer: unknown): Row[] {
  const rows = Array.isArray(answer) ? answer : (answer as { data?: Row[] } | undefined)?.data;
  if (rows) return rows;
  throw new OperationError("The backend did not say which rows they are.", "INVALID_RESPONSE", {
    hint: "See what there is with: insforge records list TABLE",
  });
}
