/** Database endpoints: section 6 of the HTTP contract. */
import { HttpError } from "../../errors.ts";
import type { HttpClient } from "../http.ts";
import { sqlError } from "./sql_error.ts";

/** A result of raw SQL. Values keep their wire form: `int8` and `numeric` are strings. */
export interface QueryResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Null for statements that count no rows. */
  readonly rowCount?: number | null;
  /** In column order; absent for several statements at once. */
  readonly fields?: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** The server's own statement limit is 30 s: the answer may take a little longer. */
const STATEMENT_TIMEOUT_MS = 45_000;

/** Runs SQL text as the project's administrator or, unrestricted, as the superuser. */
export async function rawSql(
  backend: HttpClient,
  query: string,
  options: { readonly unrestricted?: boolean } = {},
): Promise<QueryResult> {
  const path = `/api/database/advance/rawsql${options.unrestricted ? "/unrestricted" : ""}`;
  const answer = await backend.json<
    Partial<QueryResult> & { data?: QueryResult["rows"] } | undefined
  >("POST", path, { json: { query }, timeoutMs: STATEMENT_TIMEOUT_MS })
    .catch((error) => {
      throw error instanceof HttpError ? sqlError(error, query) : error;
    });
  return { ...answer, rows: answer?.rows ?? answer?.data ?? [] };
}

/** The names of the tables of schema `public`, sorted. */
export async function listTables(backend: HttpClient): Promise<string[]> {
  const answer = await backend.json<string[] | { tables?: string[] }>(
    "GET",
    "/api/database/tables",
  );
  return Array.isArray(answer) ? answer : answer?.tables ?? [];
}

/** What the catalog endpoints list, by the last part of their path. */
export type CatalogKind = "indexes" | "policies" | "triggers" | "functions";

/** A row of a catalog endpoint; older backends leave fields out or send null. */
export type CatalogRow = Readonly<Record<string, unknown>>;

/** Lists one kind of schema object. Answers the body as it came, and its rows. */
export async function readCatalog(
  backend: HttpClient,
  kind: CatalogKind,
): Promise<{ readonly body: unknown; readonly rows: readonly CatalogRow[] }> {
  const body = await backend.json<CatalogRow[] | Partial<Record<string, CatalogRow[]>> | undefined>(
    "GET",
    `/api/database/${kind}`,
  );
  return { body, rows: Array.isArray(body) ? body : body?.[kind] ?? [] };
}
