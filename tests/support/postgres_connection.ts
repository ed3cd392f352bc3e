/** A connection to a PostgreSQL server, spoken to in its own protocol. */
import { protocol } from "@electric-sql/pglite";
import type { RawResult } from "../../src/server/database/messages.ts";
import { ResultReader } from "../../src/server/database/result_reader.ts";
import { parameterText } from "../../src/server/database/wire_values.ts";
import { concatBytes } from "../../src/core/bytes.ts";

const { serialize } = protocol;

/** Knows, too, when an answer is complete. */
class AnswerReader extends ResultReader {
  isComplete = false;

  override ready(): void {
    super.ready();
    this.isComplete = true;
  }
}

/** One session of the superuser `postgres`. */
export class PostgresConnection implements Disposable {
  readonly #socket: Deno.Conn;
  readonly #buffer = new Uint8Array(65_536);

  constructor(socket: Deno.Conn) {
    this.#socket = socket;
  }

  /** @param host the folder of the server's socket */
  static async open(host: string, database = "postgres"): Promise<PostgresConnection> {
    const socket = await Deno.connect({ transport: "unix", path: `${host}/.s.PGSQL.5432` });
    const connection = new PostgresConnection(socket);
    await connection.#ask(serialize.startup({ user: "postgres", database }));
    return connection;
  }

  /**
   * Runs one statement, or without parameters several.
   * @throws {PostgresError}
   */
  async run(sql: string, params?: readonly unknown[]): Promise<RawResult> {
    const parts = params?.length
      ? [
        serialize.parse({ text: sql }),
        serialize.bind({ values: params.map(parameterText) }),
        serialize.describe({ type: "P" }),
        serialize.execute({}),
        serialize.sync(),
      ]
      : [serialize.query(sql)];
    return (await this.#ask(concatBytes(parts))).finish();
  }

  async #ask(message: Uint8Array): Promise<AnswerReader> {
    for (let sent = 0; sent < message.length;) {
      sent += await this.#socket.write(message.subarray(sent));
    }
    const reader = new AnswerReader();
    while (!reader.isComplete) {
      const length = await this.#socket.read(this.#buffer);
      if (length === null) throw new Error("PostgreSQL closed the connection");
      reader.read(this.#buffer.subarray(0, length));
    }
    return reader;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
