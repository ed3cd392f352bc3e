/** Database endpoints: section 6 of the HTTP contract. */
import { HttpError, OperationError } from "../../core/errors.ts";
import { type NewerSyntax, PREFER_RESULTS, type SqlNotice } from "../../shared/contract/raw_sql.ts";
import { INTERNAL_SCHEMAS } from "../../shared/contract/schemas.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";
import { sizedForm } from "../form.ts";
import { sendChange, sendSizedChange } from "../lost_answer.ts";
import type { SizedBody } from "../sized_body.ts";
import { sqlError } from "./sql_error.ts";

/** A result of raw SQL. Values keep their wire form: `int8` and `numeric` are strings. */
export interface QueryResult extends StatementResult {
  /** What each of several statements answered, where the backend tells. */
  readonly results?: readonly StatementResult[];
  /** What the local backend says of statements that InsForge's own PostgreSQL would refuse. */
  readonly warnings?: readonly NewerSyntax[];
  /** What the SQL said while it ran, where the backend passes it on. */
  readonly notices?: readonly SqlNotice[];
}

/** What one statement answered. */
export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Null for statements that count no rows. */
  readonly rowCount?: number | null;
  /** In column order; absent for several statements at once. */
  readonly fields?: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** The server's own statement limit is 30 s: the answer may take a little longer. */
const STATEMENT_TIMEOUT_MS = 45_000;

const RUN = {
  may: "the SQL may have run",
  hint: 'Look at what it changes, as with `insforge db query "SELECT …"`, before you run it again.',
};

/** Runs SQL text as the project's administrator or, unrestricted, as the superuser. */
export async function rawSql(
  backend: HttpClient,
  query: string,
  options: {
    readonly unrestricted?: boolean;
    /** The values of `$1…`; only for a single statement. */
    readonly params?: readonly unknown[];
    /** Whether the SQL only reads, and so may be sent again. */
    readonly idempotent?: boolean;
    /** Whether to ask what each of several statements answered. */
    readonly allResults?: boolean;
    /** Whether numbers inside of JSON keep all of their digits. */
    readonly exact?: boolean;
  } = {},
): Promise<QueryResult> {
  const { unrestricted, params, allResults, ...rest } = options;
  const headers = allResults ? { prefer: PREFER_RESULTS } : undefined;
  const path = `/api/database/advance/rawsql${unrestricted ? "/unrestricted" : ""}`;
  const request = { json: { query, params }, headers, timeoutMs: STATEMENT_TIMEOUT_MS, ...rest };
  const send = async () =>
    required(
      await backend.json<Partial<QueryResult> & { data?: QueryResult["rows"] } | undefined>(
        "POST",
        path,
        request,
      ),
    );
  const answer = await (rest.idempotent ? send() : sendChange(send, RUN)).catch(async (error) => {
    throw error instanceof HttpError ? await sqlError(error, query) : error;
  });
  return { ...answer, rows: answer.rows ?? answer.data ?? [] };
}

const CALLED = {
  may: "the function may have run",
  hint:
    'Look at what it changes, as with `insforge db query "SELECT …"`, before you call it again.',
};

/**
 * Calls a database function: GET without arguments, POST with them. Answers null for one that
 * returns nothing.
 * @param args named arguments
 */
export async function callFunction(
  backend: HttpClient,
  name: string,
  args?: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const target = `/api/database/rpc${path(name)}`;
  const options = { json: args, timeoutMs: STATEMENT_TIMEOUT_MS, exact: true };
  const send = () => backend.json<unknown>(args ? "POST" : "GET", target, options);
  return await (args ? sendChange(send, CALLED) : send()) ?? null;
}

/** The names of the tables of schema `public`, sorted. */
export async function listTables(backend: HttpClient): Promise<string[]> {
  const answer = await backend.json<string[] | { tables?: string[] }>(
    "GET",
    "/api/database/tables",
  );
  return Array.isArray(answer) ? answer : answer?.tables ?? [];
}

/** The names of the extensions that `CREATE EXTENSION` finds. */
export async function availableExtensions(backend: HttpClient): Promise<string[]> {
  const query = "SELECT name FROM pg_available_extensions";
  const { rows } = await rawSql(backend, query, { idempotent: true });
  return rows.map(({ name }) => String(name));
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

/** The schemas of a project's database, without those of InsForge. */
export interface Schemas {
  /** Those of the project's owner: `public` and what was made beside it. */
  readonly own: readonly string[];
  /** Those in which the project's owner may make nothing. */
  readonly foreign: readonly string[];
}

/** Reads which schemas there are (section 6.3). */
export async function listSchemas(backend: HttpClient): Promise<Schemas> {
  const answer = await backend.json<{ schemas?: { name: string; isProtected?: boolean }[] }>(
    "GET",
    "/api/database/schemas",
    { accept: (status) => status === 404 },
  );
  const all = (answer?.schemas ?? []).filter(({ name }) => !INTERNAL_SCHEMAS.includes(name));
  const named = (isForeign: boolean) =>
    all.filter(({ isProtected = false }) => isProtected === isForeign).map(({ name }) => name);
  const own = named(false);
  // Older backends have no such endpoint.
  return { own: own.length > 0 ? own : ["public"], foreign: named(true) };
}

/** The schemas that belong to the project's owner. */
export async function listOwnSchemas(backend: HttpClient): Promise<readonly string[]> {
  return (await listSchemas(backend)).own;
}

/** What the backend's own export is asked for (section 6.6). */
export interface ExportRequest {
  readonly format: "sql" | "json";
  readonly tables?: readonly string[];
  readonly includeData: boolean;
  readonly includeFunctions: boolean;
  readonly includeSequences: boolean;
  readonly includeViews: boolean;
  /** Rows a table, at most 10,000. */
  readonly rowLimit?: number;
}

export interface ExportAnswer {
  readonly data: unknown;
  readonly timestamp?: string;
  /** The tables of which rows were left out. */
  readonly truncatedTables?: readonly string[];
}

/** An export may take the backend minutes. */
const EXPORT_TIMEOUT_MS = 300_000;

/** Has the backend export itself; older ones call the document `content`. */
export async function exportOnServer(
  backend: HttpClient,
  request: ExportRequest,
): Promise<ExportAnswer> {
  const answer = await backend.json<ExportAnswer & { content?: unknown }>(
    "POST",
    "/api/database/advance/export",
    { json: request, timeoutMs: EXPORT_TIMEOUT_MS, idempotent: true, exact: true },
  );
  return { ...answer, data: answer?.data ?? answer?.content };
}

/** What an import did, as the backend says it (section 6.8). */
export interface ImportAnswer {
  readonly tables?: readonly string[];
  readonly rowsImported?: number;
  /** What the local backend says of what InsForge's own PostgreSQL would refuse. */
  readonly warnings?: readonly NewerSyntax[];
  /** What the SQL said while it ran, where the backend passes it on. */
  readonly notices?: readonly SqlNotice[];
  readonly [other: string]: unknown;
}

/** An import of many rows may take the backend minutes. */
const IMPORT_TIMEOUT_MS = 600_000;

/** Imports an SQL text as one transaction; never sent twice. */
export async function importSql(
  backend: HttpClient,
  file: SizedBody & { readonly name: string },
  { truncate }: { readonly truncate: boolean },
): Promise<ImportAnswer> {
  const filename = /\.(sql|txt)$/i.test(file.name) ? file.name : `${file.name}.sql`;
  const part = { field: "file", filename, contentType: "application/sql" };
  const send = async (content: SizedBody) =>
    required(
      await backend.json<ImportAnswer | undefined>("POST", "/api/database/advance/import", {
        ...sizedForm({ truncate: String(truncate) }, { ...part, ...content }),
        timeoutMs: IMPORT_TIMEOUT_MS,
      }),
    );
  return await sendSizedChange(file, send, {
    may: "the import may have happened",
    hint: "Look for its tables and rows, as with `insforge db tables`, before you import it again.",
    nothing: "nothing was imported",
  });
}

/** @throws {OperationError} for an empty answer: nobody knows whether its SQL ran */
function required<T>(answer: T | undefined): T {
  if (answer !== undefined) return answer;
  throw new OperationError("The backend answered with nothing.", "INVALID_RESPONSE", {
    hint: "Check that the address is that of an InsForge backend.",
  });
}
