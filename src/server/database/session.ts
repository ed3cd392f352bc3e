import { type PGlite, protocol } from "@electric-sql/pglite";
import { concatBytes } from "../http/bytes.ts";
import type { RawResult, SessionOptions, StatementInput } from "./messages.ts";
import { ResultReader } from "./result_reader.ts";
import { parameterText } from "./wire_values.ts";

const { serialize } = protocol;

/**
 * One PostgreSQL session over PGlite, spoken to in the wire protocol so that values keep their
 * exact text.
 */
export class Session {
  constructor(readonly pglite: PGlite) {}

  /** Opens a transaction as the given role. */
  async begin({ role, claims, readOnly }: SessionOptions): Promise<void> {
    const parts = [readOnly ? "BEGIN READ ONLY" : "BEGIN"];
    if (claims) {
      parts.push(
        `SELECT set_config('request.jwt.claims', ${literal(JSON.stringify(claims))}, true)`,
      );
    }
    if (role) parts.push(`SET LOCAL ROLE ${role}`);
    await this.run({ sql: parts.join(";") });
  }

  /**
   * Fires what is deferred, so that nothing of the caller's is left to run inside COMMIT itself.
   */
  async settle(): Promise<void> {
    await this.run({ sql: "SET CONSTRAINTS ALL IMMEDIATE" });
  }

  async commit(): Promise<void> {
    await this.run({ sql: "COMMIT" });
    await this.#reset();
  }

  async rollback(): Promise<void> {
    await this.run({ sql: "ROLLBACK" });
    await this.#reset();
  }

  /** Runs one statement outside any transaction, for those that refuse to be in one. */
  async runBare(statement: StatementInput, { role, claims }: SessionOptions): Promise<RawResult> {
    try {
      if (claims) {
        const value = literal(JSON.stringify(claims));
        await this.run({ sql: `SELECT set_config('request.jwt.claims', ${value}, false)` });
      }
      if (role) await this.run({ sql: `SET ROLE ${role}` });
      return await this.run(statement);
    } finally {
      await this.#reset();
    }
  }

  /**
   * Undoes whatever the caller's SQL left on the session: role, settings, temporary tables, locks,
   * prepared statements.
   */
  async #reset(): Promise<void> {
    await this.run({ sql: "DISCARD ALL" });
    // In single-user mode DISCARD ALL leaves this one as it finds it.
    await this.run({ sql: "SET SESSION AUTHORIZATION postgres" });
  }

  /**
   * Runs a text: one statement, or without parameters several, of which the last one's rows are
   * kept.
   * @throws {PostgresError} when PostgreSQL refuses it
   * @throws {PostgresCrash} when PostgreSQL gave no complete answer
   */
  async run({ sql, params }: StatementInput): Promise<RawResult> {
    const reader = new ResultReader();
    // PGlite counts half a surrogate pair as fewer bytes than it writes for it.
    const text = sql.toWellFormed();
    await this.pglite.execProtocolRawStream(
      params?.length ? extendedQuery(text, params) : serialize.query(text),
      { syncToFs: false, onRawData: (bytes) => reader.read(bytes) },
    );
    return reader.finish();
  }
}

/** Parse, bind, describe, execute and sync in one message. */
function extendedQuery(sql: string, params: readonly unknown[]): Uint8Array {
  const parts = [
    serialize.parse({ text: sql }),
    serialize.bind({ values: params.map((value) => parameterText(value)?.toWellFormed() ?? null) }),
    serialize.describe({ type: "P" }),
    serialize.execute({}),
    serialize.sync(),
  ];
  return concatBytes(parts);
}

function literal(text: string): string {
  return ` E'${text.replace(/[\\']/g, "\\$&")}'`;
}
