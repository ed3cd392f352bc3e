import { Hono } from "hono";
import { sessionOf } from "../http/identity.ts";
import { requireUser } from "../http/authenticate.ts";
import type { Transaction } from "../database/client.ts";
import { qualifiedName, quoteLiteral, quoteName, schemaParameter } from "../database/names.ts";
import { ApiError } from "../http/api_error.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { readJson } from "../http/validate.ts";
import { answerError, DataApiError } from "./postgrest_error.ts";
import { unquoted } from "./filters.ts";
import { splitList } from "./lists.ts";
import { dataApiLog } from "./log.ts";
import { optionOf, type Parameters, QueryBuilder } from "./query.ts";
import { readForeignKeys } from "./relations.ts";

/** Rows of tables and views, read and written as PostgREST does it (contract section 6.5). */
export function records(backend: LocalBackend): Area {
  const { database } = backend;

  const inTransaction = (
    work: (request: RecordsRequest, transaction: Transaction) => Promise<Response>,
    readOnly = false,
  ) =>
  async (context: RequestContext) => {
    const request = await requestOf(context);
    const session = { ...sessionOf(context.get("identity")), readOnly };
    return await database.transaction((transaction) => work(request, transaction), session);
  };

  return new Hono<RequestVariables>()
    .onError(answerError)
    .use(dataApiLog(backend))
    .use(requireUser(backend))
    .get("/:table", inTransaction(read, true))
    .post("/:table", inTransaction(insert))
    .patch("/:table", inTransaction(update))
    .delete("/:table", inTransaction(remove));
}

interface RecordsRequest {
  readonly context: RequestContext;
  readonly schema: string;
  readonly table: string;
  readonly parameters: Parameters;
  /** The words of the header Prefer. */
  readonly prefer: ReadonlyMap<string, string>;
  readonly body: unknown;
}

async function requestOf(context: RequestContext): Promise<RecordsRequest> {
  const { method } = context.req;
  const prefer = (context.req.header("prefer") ?? "").split(",").map((word) =>
    word.trim().split("=")
  );
  const url = new URL(context.req.url);
  return {
    context,
    schema: schemaParameter(context),
    table: context.req.param("table")!,
    parameters: [...url.searchParams.entries(), ...rangeOf(context)],
    prefer: new Map(prefer.map(([name = "", value = ""]) => [name, value])),
    body: method === "POST" || method === "PATCH" ? await readJson(context) : undefined,
  };
}

/** The header Range asks for rows as limit and offset do. */
function rangeOf(context: RequestContext): Parameters {
  const [, first, last] = /^(?:items=)?(\d+)-(\d*)$/.exec(context.req.header("range") ?? "") ?? [];
  if (first === undefined) return [];
  const offset = ["offset", first] as const;
  return last ? [offset, ["limit", String(Number(last) - Number(first) + 1)]] : [offset];
}

async function builderFor(
  { schema, parameters }: RecordsRequest,
  transaction: Transaction,
): Promise<QueryBuilder> {
  const hasRelated = optionOf(parameters, "select")?.includes("(");
  return new QueryBuilder(schema, hasRelated ? await readForeignKeys(transaction, schema) : []);
}

async function read(request: RecordsRequest, transaction: Transaction): Promise<Response> {
  const { table, parameters, prefer } = request;
  const builder = await builderFor(request, transaction);
  const rows = await jsonRows(transaction, builder.select(table, parameters));
  const offset = Number(optionOf(parameters, "offset") ?? 0);
  let total: number | undefined;
  if (prefer.has("count")) {
    const { rows } = await transaction.query<{ total: string }>(builder.count(table, parameters));
    total = Number(rows[0]!.total);
    if (offset > 0 && offset >= total) {
      throw new DataApiError(416, "PGRST103", "The offset lies beyond the rows", `${total} rows`);
    }
  }
  const isPart = total !== undefined && rows.count < total;
  return send(request, rows, { status: isPart ? 206 : 200, offset, total });
}

async function insert(request: RecordsRequest, transaction: Transaction): Promise<Response> {
  const { schema, table, parameters, prefer, body } = request;
  const values = Array.isArray(body) ? body : [body];
  if (values.length === 0) return send(request, NO_ROWS, { status: 201 });
  const rows = await withoutEmpty(transaction, schema, table, values);
  const named = optionOf(parameters, "columns");
  const columns = named
    ? splitList(named).map(unquoted)
    : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const target = qualifiedName(schema, table);
  const list = columns.map(quoteName).join(", ");
  const source = columns.length > 0
    ? `(${list}) SELECT ${list} FROM json_populate_recordset(NULL::${target}, ${
      quoteLiteral(JSON.stringify(rows))
    })`
    : "DEFAULT VALUES";
  const conflict = await onConflict(request, transaction, columns);
  const sql = `INSERT INTO ${target} ${source} ${conflict} RETURNING *`;
  const changed = await change(request, transaction, sql);
  return send(request, changed, { status: prefer.get("resolution") ? 200 : 201 });
}

/** `Prefer: resolution=…` as ON CONFLICT, on the primary key unless `on_conflict` names columns. */
async function onConflict(
  { schema, table, parameters, prefer }: RecordsRequest,
  { query }: Transaction,
  columns: readonly string[],
): Promise<string> {
  const resolution = prefer.get("resolution");
  if (resolution === "ignore-duplicates") return "ON CONFLICT DO NOTHING";
  if (resolution !== "merge-duplicates") return "";
  const given = optionOf(parameters, "on_conflict");
  const key = given ? splitList(given).map(unquoted) : (await query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey)
    WHERE x.indrelid = to_regclass($1) AND x.indisprimary`,
    [qualifiedName(schema, table)],
  )).rows.map(({ name }) => name);
  if (key.length === 0) return "";
  const changes = columns.filter((column) => !key.includes(column))
    .map((column) => `${quoteName(column)} = excluded.${quoteName(column)}`);
  const action = changes.length > 0 ? `UPDATE SET ${changes.join(", ")}` : "NOTHING";
  return `ON CONFLICT (${key.map(quoteName).join(", ")}) DO ${action}`;
}

async function update(request: RecordsRequest, transaction: Transaction): Promise<Response> {
  const { schema, table, parameters, body } = request;
  if (Array.isArray(body)) {
    throw new ApiError(400, "INVALID_INPUT", "An update is one JSON object");
  }
  const [values = {}] = await withoutEmpty(transaction, schema, table, [body]);
  const columns = Object.keys(values);
  if (columns.length === 0) return send(request, NO_ROWS, { status: 200 });
  const target = qualifiedName(schema, table);
  const conditions = new QueryBuilder(schema, []).where("target", parameters);
  const assignments = columns.map((column) => `${quoteName(column)} = given.${quoteName(column)}`);
  const sql = `UPDATE ${target} AS target SET ${assignments.join(", ")}
    FROM json_populate_record(NULL::${target}, ${quoteLiteral(JSON.stringify(values))}) AS given
    ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""} RETURNING target.*`;
  return send(request, await change(request, transaction, sql), { status: 200 });
}

async function remove(request: RecordsRequest, transaction: Transaction): Promise<Response> {
  const { schema, table, parameters } = request;
  const conditions = new QueryBuilder(schema, []).where("target", parameters);
  const sql = `DELETE FROM ${qualifiedName(schema, table)} AS target
    ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""} RETURNING target.*`;
  return send(request, await change(request, transaction, sql), { status: 200 });
}

/** Runs a change; its rows are read as `select` wants them, where they are wanted at all. */
async function change(
  request: RecordsRequest,
  transaction: Transaction,
  sql: string,
): Promise<JsonRows> {
  const { table, parameters, prefer } = request;
  if (prefer.get("return") !== "representation") {
    await transaction.run(sql.replace(/ RETURNING (target\.)?\*$/, ""));
    return NO_ROWS;
  }
  const builder = await builderFor(request, transaction);
  const shown = parameters.filter(([name]) => name === "select" || name === "order");
  const select = builder.select(table, shown, "changed");
  return await jsonRows(transaction, select, `WITH changed AS (${sql})`);
}

/** Rows as PostgreSQL's own JSON, which keeps times and numbers as they are. */
interface JsonRows {
  /** An array. */
  readonly text: string;
  readonly count: number;
}

const NO_ROWS: JsonRows = { text: "[]", count: 0 };

async function jsonRows(
  transaction: Transaction,
  select: string,
  before = "",
): Promise<JsonRows> {
  const { rows } = await transaction.query<JsonRows>(
    `${before} SELECT coalesce(json_agg("row"), '[]')::text AS text, count(*)::int4 AS count
    FROM (${select}) AS "row"`,
  );
  return rows[0]!;
}

/** Empty texts are no values of columns that hold no text: they are left out. */
async function withoutEmpty(
  { query }: Transaction,
  schema: string,
  table: string,
  values: readonly unknown[],
): Promise<Record<string, unknown>[]> {
  const rows = values.map((value) => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    throw new ApiError(400, "INVALID_INPUT", "A row must be a JSON object");
  });
  if (!rows.some((row) => Object.values(row).includes(""))) return rows;
  const { rows: text } = await query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND t.typcategory = 'S'`,
    [qualifiedName(schema, table)],
  );
  const holdsText = new Set(text.map(({ name }) => name));
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([name, value]) => value !== "" || holdsText.has(name)),
    )
  );
}

/** The rows, or the one object that the client wants, with the range that they are of. */
function send(
  { context, prefer }: RecordsRequest,
  { text, count }: JsonRows,
  { status, offset = 0, total }: {
    readonly status: 200 | 201 | 206;
    readonly offset?: number;
    readonly total?: number;
  },
): Response {
  const range = count > 0 ? `${offset}-${offset + count - 1}` : "*";
  context.header("content-range", `${range}/${total ?? "*"}`);
  const wantsOne = context.req.header("accept")?.includes("vnd.pgrst.object");
  const isWritten = context.req.method !== "GET" && prefer.get("return") !== "representation";
  const isOne = wantsOne && !isWritten;
  if (isOne && count !== 1) {
    throw new DataApiError(
      406,
      "PGRST116",
      "One row was asked for",
      `The result has ${count} rows`,
    );
  }
  return context.body(isOne ? text.slice(1, -1) : text, status, {
    "content-type": "application/json; charset=utf-8",
  });
}
