import { ApiError, DatabaseError } from "../http/api_error.ts";
import type { Database } from "./client.ts";
import { assertAllowed, assertTextAllowed } from "./guards.ts";
import type { RawResult, SessionOptions, StatementInput } from "./messages.ts";
import { SqlSyntaxError } from "../../shared/sql/parser.ts";
import { lineAt, type SqlStatement } from "./statements.ts";

/**
 * Splits a caller's SQL into statements and refuses what no caller may do (contract section 16.6).
 * @throws {ApiError} 403 FORBIDDEN, for a syntax error too
 */
export async function checkSql(database: Database, sql: string): Promise<SqlStatement[]> {
  assertTextAllowed(sql);
  const statements = await parse(database, sql);
  assertAllowed(statements);
  return statements;
}

async function parse(database: Database, sql: string): Promise<SqlStatement[]> {
  try {
    return await database.parse(sql);
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    throw new ApiError(
      403,
      "FORBIDDEN",
      `The SQL could not be parsed: ${error.message}`,
      undefined,
      {
        sqlstate: "42601",
        position: error.position,
      },
    );
  }
}

/**
 * Runs a text that {@link checkSql} has passed, as one transaction.
 * @param statements what the text holds
 * @param options.after statements to run in the same transaction, once the text is done
 * @returns the result of the text; of several statements the last one's rows
 * @throws {DatabaseError} with the position in the text
 * @throws {ApiError} 400 for what HTTP cannot serve
 */
export async function runSql(
  database: Database,
  sql: string,
  statements: readonly SqlStatement[],
  session: SessionOptions,
  { params, after = [] }: { params?: readonly unknown[]; after?: StatementInput[] } = {},
): Promise<RawResult> {
  if (statements.some(({ readsClient }) => readsClient)) {
    throw new ApiError(
      400,
      "INVALID_INPUT",
      "COPY FROM STDIN has no data to read over HTTP",
      "Use INSERT; a file that has its rows is imported by: insforge db import FILE",
    );
  }
  if (statements.length === 1 && statements[0]!.outsideTransaction) {
    return await database.runBare({ sql, params }, session);
  }
  const [result] = await database.run([{ sql, params }, ...after], session).catch((error) => {
    throw error instanceof DatabaseError ? placed(error, sql, statements) : error;
  });
  return result!;
}

/** How much of a failed statement its error shows. */
const SHOWN_LENGTH = 200;

/** The error with the statement that failed, where nothing else tells which of several it was. */
function placed(
  { fields }: DatabaseError,
  sql: string,
  statements: readonly SqlStatement[],
): DatabaseError {
  const statement = statements.length > 1 ? statements[fields.statement ?? -1] : undefined;
  const { notices } = fields;
  if (!statement || fields.position !== undefined) return new DatabaseError(fields, notices);
  const failed = {
    line: lineAt(sql, statement.start),
    statement: statement.text.slice(0, SHOWN_LENGTH),
  };
  return new DatabaseError({ ...fields, failed }, notices);
}
