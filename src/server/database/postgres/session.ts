import { DatabaseError } from "../../http/api_error.ts";
import { sha256Hex } from "../../keys/digest.ts";
import type { RawResult, StatementInput } from "../messages.ts";
import { PostgresError } from "../postgres_error.ts";
import { Session } from "../session.ts";
import { parameterText } from "../wire_values.ts";
import type { PostgresConnection } from "./connection.ts";

/**
 * A session of a PostgreSQL server. A caller's is that of a login that may become the caller's role
 * and nothing else, so whatever SQL says, it leads to no other one; where the server acts beside a
 * caller it does so in functions (`system.run_own`, `system.run_as_owner`).
 */
export class PostgresSession extends Session {
  readonly connection: PostgresConnection;
  protected override readonly commitsToTheEnd = false;
  /** What statements of the server's own are proved with. */
  readonly #secret: string;
  /** What a new session begins with. */
  readonly #start: string | undefined;

  /** @param start SQL that every use of it begins with */
  constructor(connection: PostgresConnection, secret: string, start?: string) {
    super();
    this.connection = connection;
    this.#secret = secret;
    this.#start = start;
  }

  /** The server's own sees to it that nothing of a caller's runs as the superuser meanwhile. */
  protected override get commitSql(): string {
    const isCallers = this.#start === undefined;
    return isCallers || this.onlyReads ? "COMMIT" : "SELECT system.settle(); COMMIT";
  }

  override reset(): Promise<void> {
    // Nobody has to wait for it: see `renew`.
    return Promise.resolve();
  }

  /** Undoes whatever its last use left there. */
  async renew(): Promise<void> {
    await this.run({ sql: "DISCARD ALL" });
    if (this.#start) await this.run({ sql: this.#start });
  }

  override async runOwn(statement: StatementInput): Promise<RawResult> {
    return await this.#inFunction(
      "system.run_own($1, $2)",
      statement,
      (text) => proofOf(this.#secret, text),
    );
  }

  override async runAsOwner(statement: StatementInput): Promise<RawResult> {
    return await this.#inFunction("system.run_as_owner($1)", statement);
  }

  protected override async exchange(
    message: Uint8Array,
    onAnswer: (bytes: Uint8Array) => void,
  ): Promise<void> {
    try {
      await this.connection.exchange(message, onAnswer);
    } catch (error) {
      throw error instanceof DatabaseError ? new PostgresError(error.fields) : error;
    }
  }

  protected override confine(): void {
    // The login is confined from the start.
  }

  protected override hear(): void {
    // Whoever listens has a connection for it.
  }

  /** Runs a statement of the server's own inside a function, which answers its rows as JSON. */
  async #inFunction(
    call: string,
    { sql, params = [] }: StatementInput,
    prove?: (text: string) => Promise<string>,
  ): Promise<RawResult> {
    const withRows = /\bRETURNING\b/i.test(sql) ? sql : `${sql} RETURNING true AS done`;
    const text = withRows.replace(/\$(\d+)/g, (_, number) => asciiLiteral(params[number - 1]));
    const { rows } = await this.run({
      sql: `SELECT coalesce(pg_catalog.jsonb_agg(r), '[]')::text AS rows FROM ${call} AS r`,
      params: prove ? [await prove(text), text] : [text],
    });
    const [answer] = JSON.parse(new TextDecoder().decode(rows)) as [{ rows: string }];
    const rowCount = (JSON.parse(answer.rows) as unknown[]).length;
    return {
      rows: new TextEncoder().encode(answer.rows),
      fields: [],
      rowCount,
      rowCounts: [rowCount],
      earlier: [],
      notices: [],
    };
  }
}

/**
 * What shows `system.run_own` that the server asks: it is worth nothing for another statement, as a
 * caller can have PostgreSQL tell the parameters of whatever runs.
 */
async function proofOf(secret: string, statement: string): Promise<string> {
  return await sha256Hex(secret + await sha256Hex(secret + statement));
}

/**
 * A value as SQL writes it, of characters alone that are the same in every encoding: a caller's SQL
 * may have said that the session speaks another one, in which two bytes of ours can be one letter.
 */
function asciiLiteral(value: unknown): string {
  const text = parameterText(value);
  if (text === null) return "NULL";
  const escaped = text.toWellFormed().replace(
    /[^ -~]|[\\']/gu,
    (letter) => `\\U${letter.codePointAt(0)!.toString(16).padStart(8, "0")}`,
  );
  return ` E'${escaped}'`;
}
