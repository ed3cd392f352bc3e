import { newerSyntaxOf } from "../newer_warnings.ts";
import { type Statement, StatementSplitter } from "../../../shared/sql/splitter.ts";
import type { NewerSyntax, SqlNotice } from "../../../shared/contract/raw_sql.ts";
import type { SqlErrorDetails } from "../../../shared/contract/error_body.ts";
import { ApiError, DatabaseError } from "../../http/api_error.ts";
import type { Database, Transaction } from "../client.ts";
import type { SessionOptions } from "../messages.ts";
import { assertTextAllowed } from "../guards.ts";
import { checkSql } from "../run_sql.ts";
import type { SqlStatement } from "../statements.ts";
import { withFirstRowOnly } from "../../../shared/sql/literal_rows.ts";

/** Characters of SQL that go to PostgreSQL at once. */
const GROUP_LENGTH = 256_000;
/** Between statements: a comment at the end of one would hide a semicolon on the same line. */
const SEPARATOR = "\n;\n";
/** How much of a failed statement its error shows. */
const SHOWN_LENGTH = 200;

/** After so many, what further statements say is not told. */
const MAX_NOTICES = 500;

/** What an import did (contract section 6.8). */
export interface Imported {
  /** The tables that statements of the file made or filled. */
  readonly tables: string[];
  readonly rowsImported: number;
  /** What InsForge's own PostgreSQL would not take of it; empty where there is nothing. */
  readonly warnings: readonly NewerSyntax[];
  /** What the statements said while they ran. */
  readonly notices: readonly SqlNotice[];
}

/** Statements that are run together. */
interface Group {
  readonly sql: string;
  readonly statements: readonly Statement[];
  readonly parsed: readonly SqlStatement[];
}

/**
 * Runs a whole text in one transaction.
 * @param options.truncate empty every table of schema `public` first
 * @throws {ApiError} 400 with the line of the statement that failed, 403 for what the guards refuse
 */
export async function importSql(
  database: Database,
  sql: string,
  session: SessionOptions,
  { truncate }: { truncate: boolean },
): Promise<Imported> {
  const groups = await Array.fromAsync(groupsOf(sql), async (statements): Promise<Group> => {
    return { sql: joined(statements), statements, parsed: await check(database, statements) };
  });
  const imported = await database.transaction(async (transaction) => {
    if (truncate) await truncateAll(transaction);
    const tables = new Set<string>();
    let rowsImported = 0;
    const said: SqlNotice[] = [];
    for (const group of groups) {
      const { sql, statements } = group;
      const { rowCounts, notices } = await transaction.run(sql, statements.length).catch(
        (error) => {
          throw error instanceof DatabaseError ? importError(error, group) : error;
        },
      );
      if (said.length < MAX_NOTICES) said.push(...notices);
      group.parsed.forEach(({ kind, text }, index) => {
        if (kind === "InsertStmt") rowsImported += rowCounts[index] ?? 0;
        const table = tableOf(text);
        if (table) tables.add(table);
      });
    }
    return { tables: [...tables], rowsImported, notices: said };
  }, session);
  const lines = groups.flatMap(({ statements }) => statements.map(({ line }) => line));
  const parsed = groups.flatMap((group) => group.parsed);
  return {
    ...imported,
    warnings: await newerSyntaxOf(database, parsed, (index) => lines[index] ?? 1),
  };
}

function* groupsOf(sql: string): Generator<Statement[]> {
  const splitter = new StatementSplitter();
  let group: Statement[] = [];
  let length = 0;
  for (const statement of [...splitter.push(sql), ...splitter.end()]) {
    if (length > 0 && length + statement.text.length > GROUP_LENGTH) {
      yield group;
      [group, length] = [[], 0];
    }
    group.push(statement);
    length += statement.text.length;
  }
  if (group.length > 0) yield group;
}

function joined(statements: readonly Statement[]): string {
  return statements.map(({ text }) => text).join(SEPARATOR);
}

async function check(
  database: Database,
  whole: readonly Statement[],
): Promise<SqlStatement[]> {
  const statements = whole.map((statement) => ({
    ...statement,
    text: withFirstRowOnly(statement.text),
  }));
  const sql = joined(statements);
  try {
    assertTextAllowed(joined(whole));
    const parsed = await checkSql(database, sql);
    const copy = parsed.findIndex(({ readsClient }) => readsClient);
    if (copy === -1) return parsed;
    throw new ApiError(
      400,
      "INVALID_INPUT",
      `Line ${statements[copy]!.line}: COPY FROM STDIN has no data to read over HTTP`,
      "Make the file with: pg_dump --inserts",
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { details, status, code, message, nextActions } = error;
    const place = details?.position === undefined
      ? await refusedPlace(database, whole, error)
      : placeOf({ sql, statements }, details.position);
    throw new ApiError(status, code, message, nextActions, { ...details, ...place });
  }
}

/** The statement that is refused for the same reason by itself. */
async function refusedPlace(
  database: Database,
  statements: readonly Statement[],
  { message }: ApiError,
): Promise<SqlErrorDetails> {
  for (const { text, line } of statements) {
    const refusal = await checkSql(database, text).then(() => undefined, (error) => error);
    if (refusal?.message === message) return { line, statement: text.slice(0, SHOWN_LENGTH) };
  }
  return {};
}

function importError(error: DatabaseError, group: Group): ApiError {
  const { message, sqlstate, position, detail, hint, statement = 0, notices } = error.fields;
  const failed = group.statements[statement];
  const place = position === undefined
    ? { line: failed?.line, statement: failed?.text.slice(0, SHOWN_LENGTH) }
    : placeOf(group, position);
  return new ApiError(400, "INVALID_INPUT", `Import failed: ${message}`, undefined, {
    sqlstate,
    detail,
    hint,
    ...place,
    ...notices?.length && { notices },
  });
}

/** The line of the file at a position, which counts characters of the group from one. */
function placeOf(
  { sql, statements }: Pick<Group, "sql" | "statements">,
  position: number,
): SqlErrorDetails {
  let before = [...sql].slice(0, position - 1).join("");
  for (const { text, line } of statements) {
    if (before.length <= text.length) {
      const lines = before.slice(0, text.length).split("\n").length - 1;
      return { line: line + lines, statement: text.slice(0, SHOWN_LENGTH), position: undefined };
    }
    before = before.slice(text.length + SEPARATOR.length);
  }
  return {};
}

/** The table that a statement makes or fills, where its name needs no quotes. */
function tableOf(sql: string): string | undefined {
  return /^(?:INSERT\s+INTO|CREATE\s+TABLE(?:\s+IF\s+NOT\s+EXISTS)?)\s+(?:\w+\.)?(\w+)/i.exec(sql)
    ?.[1];
}

async function truncateAll(transaction: Transaction): Promise<void> {
  const { rows } = await transaction.query<{ tables: string | null }>(
    `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS tables
     FROM pg_tables WHERE schemaname = 'public'`,
  );
  const tables = rows[0]?.tables;
  if (tables) await transaction.run(`TRUNCATE ${tables} CASCADE`);
}
