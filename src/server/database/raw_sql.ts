import { type RawSQLRequest, rawSQLRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { adminSession } from "../http/identity.ts";
import { concatBytes } from "../../core/bytes.ts";
import { ApiError } from "../http/api_error.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { parseBody } from "../http/validate.ts";
import { type NewerSyntax, PREFER_RESULTS } from "../../shared/contract/raw_sql.ts";
import type { Database } from "./client.ts";
import type { Field, RawResult, SessionOptions, StatementInput } from "./messages.ts";
import { checkSql, runSql } from "./run_sql.ts";
import { newerSyntaxOf } from "./newer_warnings.ts";
import { lineAt, type SqlStatement } from "./statements.ts";

/**
 * Raw SQL as `project_admin`, and as the superuser under `/unrestricted` (contract sections 6.1 and
 * 16.6).
 */
export function rawSql({ database }: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .post("/", async (context) => {
      const request = await parseBody(context, rawSQLRequestSchema);
      return await answer(context, database, request, adminSession);
    })
    .post("/unrestricted", async (context) => {
      const request = await parseBody(context, rawSQLRequestSchema);
      return await answer(context, database, request, SUPERUSER_SESSION);
    });
}

const SUPERUSER_SESSION: SessionOptions = { role: "postgres", claims: adminSession.claims };

/** What was made as the superuser belongs to project_admin afterwards. */
const ADOPTION: StatementInput[] = [
  { sql: "RESET ROLE" },
  { sql: "SELECT system.adopt_public_objects()" },
];

async function answer(
  context: RequestContext,
  database: Database,
  request: RawSQLRequest,
  session: SessionOptions,
): Promise<Response> {
  const wantsAll = context.req.header("prefer") === PREFER_RESULTS;
  const [result, statements] = await execute(
    database.until(context.req.raw.signal),
    request,
    session,
  );
  const { query } = request;
  const warnings = wantsAll
    ? await newerSyntaxOf(database, statements, (index) => lineAt(query, statements[index]!.start))
    : [];
  return send(context, result, { wantsAll, warnings });
}

async function execute(
  database: Database,
  { query, params, explain }: RawSQLRequest,
  session: SessionOptions,
): Promise<[RawResult, readonly SqlStatement[]]> {
  const statements = await checkSql(database, query);
  if (params?.length && statements.length > 1) {
    throw new ApiError(400, "INVALID_INPUT", "Parameters allow one statement only");
  }
  if (explain) return [await explainSelect(database, statements, params, session), []];
  const after = session === SUPERUSER_SESSION && statements.some(createsObjects) ? ADOPTION : [];
  return [await runSql(database, query, statements, session, { params, after }), statements];
}

function createsObjects({ kind, writes }: SqlStatement): boolean {
  return writes ||
    !["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "ExplainStmt"].includes(kind);
}

async function explainSelect(
  database: Database,
  statements: SqlStatement[],
  params: readonly unknown[] | undefined,
  session: SessionOptions,
): Promise<RawResult> {
  const [statement] = statements;
  if (statements.length !== 1 || statement?.kind !== "SelectStmt" || statement.writes) {
    throw new ApiError(400, "INVALID_INPUT", "Only one SELECT can be explained");
  }
  const sql = `EXPLAIN (FORMAT JSON, ANALYZE, BUFFERS) ${statement.text}`;
  return await database.runAndRollBack({ sql, params }, session);
}

/**
 * One result with its rows, count and fields. Of several statements the real backend answers an
 * empty list (contract section 6.1); to clients that ask, `results` beside it tells what each
 * answered, `notices` what they said, and `warnings` what InsForge's own PostgreSQL would not take.
 */
function send(
  context: RequestContext,
  result: RawResult,
  { wantsAll, warnings }: { wantsAll: boolean; warnings: readonly NewerSyntax[] },
): Response {
  const { rows, rowCount, rowCounts, fields, notices } = result;
  if (rowCounts.length > 1 && !wantsAll) return context.json({ rows: [] });
  const told = encode(`${part("warnings", warnings)}${wantsAll ? part("notices", notices) : ""}}`);
  const parts = rowCounts.length > 1
    ? [encode('{"rows":[],"results":['), ...resultsOf(result), encode("]"), told]
    : resultParts(rows, rowCount, fields, told);
  return context.body(concatBytes(parts), 200, {
    "content-type": "application/json; charset=utf-8",
  });
}

function part(name: string, list: readonly unknown[]): string {
  return list.length > 0 ? `,"${name}":${JSON.stringify(list)}` : "";
}

function resultsOf({ rows, fields, rowCounts, earlier }: RawResult): Uint8Array[] {
  const last = { statement: rowCounts.length - 1, rows, fields };
  const byStatement = new Map([...earlier, last].map((entry) => [entry.statement, entry]));
  const none = { rows: encode("[]"), fields: [] };
  return rowCounts.flatMap((rowCount, statement) => {
    const { rows, fields } = byStatement.get(statement) ?? none;
    return [...statement > 0 ? [encode(",")] : [], ...resultParts(rows, rowCount, fields)];
  });
}

function resultParts(
  rows: Uint8Array,
  rowCount: number | null,
  fields: readonly Field[],
  end = encode("}"),
): Uint8Array[] {
  return [
    encode('{"rows":'),
    rows,
    encode(`,"rowCount":${rowCount},"fields":${JSON.stringify(fields)}`),
    end,
  ];
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
