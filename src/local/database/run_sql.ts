import { ApiError, DatabaseError } from "../errors.ts";
import type { Database } from "./client.ts";
import { assertAllowed, assertTextAllowed } from "./guards.ts";
import type { RawResult, SessionOptions, StatementInput } from "./messages.ts";
import { type SqlStatement, SqlSyntaxError } from "./statements.ts";

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
 * Runs checked statements as one transaction; a failure's position counts in the whole text.
 * @throws {DatabaseError}
 * @throws {ApiError} 400 when a statement that refuses to be in a transaction is not alone
 */
export async function runStatements(
  database: Database,
  sql: string,
  statements: readonly SqlStatement[],
  session: SessionOptions,
  { params, after = [] }: { params?: readonly unknown[]; after?: StatementInput[] } = {},
): Promise<RawResult[]> {
  const reading = statements.find(({ readsClient }) => readsClient);
  if (reading) {
    throw new ApiError(
      400,
      "INVALID_INPUT",
      "COPY FROM STDIN has no data to read over HTTP",
      "Use INSERT.",
    );
  }
  const inputs = statements.map(({ text }) => ({ sql: text, params }));
  try {
    if (statements.length === 1 && statements[0]!.outsideTransaction) {
      return [await database.runBare(inputs[0]!, session)];
    }
    return (await database.run([...inputs, ...after], session)).slice(0, inputs.length);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const { position, statement = 0 } = error.fields;
    const start = statements[statement]?.start;
    if (position === undefined || start === undefined) throw error;
    throw new DatabaseError({
      ...error.fields,
      position: characterPosition(sql, start) + position - 1,
    });
  }
}

/** One-based position as PostgreSQL counts it, in characters and not in UTF-16 units. */
function characterPosition(sql: string, offset: number): number {
  return [...sql.slice(0, offset)].length + 1;
}
