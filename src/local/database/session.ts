import { type PGlite, protocol } from "@electric-sql/pglite";
import { concatBytes } from "../bytes.ts";
import type {
  Field,
  PostgresErrorFields,
  RawResult,
  SessionOptions,
  StatementInput,
} from "./messages.ts";
import { type Encoder, encoderOf, parameterText } from "./wire_values.ts";

/** A statement that PostgreSQL refused; the session goes on. */
export class PostgresError extends Error {
  override name = "PostgresError";

  constructor(readonly fields: PostgresErrorFields) {
    super(fields.message);
  }
}

/** PostgreSQL stopped answering in the middle of a statement: the instance must be thrown away. */
export class PostgresCrash extends Error {
  override name = "PostgresCrash";
}

/** Largest result that is held in memory, in bytes of JSON. */
const maxResultBytes = 256 * 1024 * 1024;
const chunkLength = 1024 * 1024;

const { serialize } = protocol;

/** One PostgreSQL session over PGlite, spoken to in the wire protocol so that values keep their exact text. */
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

  /** Fires what is deferred, so that nothing of the caller's is left to run inside COMMIT itself. */
  async settle(): Promise<void> {
    await this.run({ sql: "SET CONSTRAINTS ALL IMMEDIATE" });
  }

  async commit(): Promise<void> {
    await this.run({ sql: "COMMIT" });
    await this.reset();
  }

  async rollback(): Promise<void> {
    await this.run({ sql: "ROLLBACK" });
    await this.reset();
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
      await this.reset();
    }
  }

  /** Undoes whatever the caller's SQL left on the session: role, settings, temporary tables, locks, prepared statements. */
  private async reset(): Promise<void> {
    await this.run({ sql: "DISCARD ALL" });
    // In single-user mode DISCARD ALL leaves this one as it finds it.
    await this.run({ sql: "SET SESSION AUTHORIZATION postgres" });
  }

  /**
   * Runs a text: one statement, or without parameters several, of which the last one's rows are kept.
   * @throws {PostgresError} when PostgreSQL refuses it
   * @throws {PostgresCrash} when PostgreSQL gave no complete answer
   */
  async run({ sql, params }: StatementInput): Promise<RawResult> {
    const reader = new ResultReader();
    await this.pglite.execProtocolRawStream(
      params?.length ? extendedQuery(sql, params) : serialize.query(sql),
      { syncToFs: false, onRawData: (bytes) => reader.read(bytes) },
    );
    return reader.finish();
  }
}

/** Parse, bind, describe, execute and sync in one message. */
function extendedQuery(sql: string, params: readonly unknown[]): Uint8Array {
  const parts = [
    serialize.parse({ text: sql }),
    serialize.bind({ values: params.map(parameterText) }),
    serialize.describe({ type: "P" }),
    serialize.execute({}),
    serialize.sync(),
  ];
  return concatBytes(parts);
}

function literal(text: string): string {
  return ` E'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** Collects PostgreSQL's answer to one statement; rows become JSON as they arrive. */
class ResultReader {
  #parser = new protocol.Parser();
  #columns: { prefix: string; index: number; encode: Encoder }[] = [];
  #fields: Field[] = [];
  #rowCounts: (number | null)[] = [];
  #between = false;
  #error: PostgresErrorFields | undefined;
  #fatal = false;
  #answered = false;
  #complete = false;
  #tooLarge = false;

  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;
  #text = "[";
  #first = true;

  read(bytes: Uint8Array): void {
    this.#parser.parse(bytes, (message) => this.#receive(message));
  }

  finish(): RawResult {
    // PGlite says that it is ready even after a trap in PostgreSQL's code, and then nothing was answered.
    if (!this.#answered || !this.#complete || this.#fatal) {
      throw new PostgresCrash(this.#error?.message ?? "out of stack or memory");
    }
    if (this.#error) throw new PostgresError(this.#error);
    if (this.#tooLarge) {
      throw new PostgresError({
        sqlstate: "54000",
        message: `the result is larger than ${maxResultBytes / 1024 / 1024} MiB`,
        hint: "Read it in parts, with LIMIT or by key.",
      });
    }
    this.#text += "]";
    this.#flush();
    const rowCounts = this.#rowCounts;
    return {
      rows: concatBytes(this.#chunks),
      fields: this.#fields,
      rowCount: rowCounts.at(-1) ?? null,
      rowCounts,
    };
  }

  #receive(message: { name: string }): void {
    switch (message.name) {
      case "rowDescription":
        return this.#describe(message as RowDescription);
      case "dataRow":
        return this.#row((message as DataRow).fields);
      case "commandComplete":
        return this.#count((message as CommandComplete).text);
      case "emptyQuery":
        this.#answered = true;
        return;
      case "error":
        return this.#fail(message as WireError);
      case "readyForQuery":
        this.#complete = true;
    }
  }

  /** Of several statements the last one's rows are kept. */
  #startStatement(): void {
    this.#between = false;
    this.#fields = [];
    this.#columns = [];
    this.#chunks = [];
    this.#size = 0;
    this.#text = "[";
    this.#first = true;
  }

  #describe({ fields }: RowDescription): void {
    if (this.#between) this.#startStatement();
    this.#fields = fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }));
    const last = new Map(fields.map(({ name }, index) => [name, index]));
    this.#columns = [...last].map(([name, index], position) => ({
      prefix: `${position ? "," : ""}${JSON.stringify(name)}:`,
      index,
      encode: encoderOf(fields[index]!.dataTypeID),
    }));
  }

  #row(values: (string | null)[]): void {
    if (this.#tooLarge) return;
    let row = this.#first ? "{" : ",{";
    this.#first = false;
    for (const { prefix, index, encode } of this.#columns) {
      const value = values[index];
      row += prefix + (value === null || value === undefined ? "null" : encode(value));
    }
    this.#text += row + "}";
    if (this.#text.length >= chunkLength) this.#flush();
  }

  #flush(): void {
    const chunk = new TextEncoder().encode(this.#text);
    this.#text = "";
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size > maxResultBytes) {
      this.#tooLarge = true;
      this.#chunks = [];
    }
  }

  /** Reads the count off a command tag such as `INSERT 0 3` or `SELECT 5`; `CREATE TABLE` has none. */
  #count(tag: string): void {
    if (this.#between) this.#startStatement();
    this.#between = true;
    this.#answered = true;
    const count = /^[A-Z]+(?: \d+)? (\d+)$/.exec(tag)?.[1];
    this.#rowCounts.push(count === undefined ? null : Number(count));
  }

  #fail(error: WireError): void {
    this.#answered = true;
    if (error.severity === "FATAL" || error.severity === "PANIC") this.#fatal = true;
    this.#error ??= {
      message: error.message,
      sqlstate: error.code ?? "XX000",
      position: error.position ? Number(error.position) : undefined,
      detail: error.detail,
      hint: error.hint,
      column: error.column,
      table: error.table,
      constraint: error.constraint,
      where: error.where,
      statement: this.#rowCounts.length,
    };
  }
}

interface RowDescription {
  name: string;
  fields: Field[];
}

interface DataRow {
  name: string;
  fields: (string | null)[];
}

interface CommandComplete {
  name: string;
  text: string;
}

interface WireError {
  name: string;
  message: string;
  severity?: string;
  code?: string;
  position?: string;
  detail?: string;
  hint?: string;
  column?: string;
  table?: string;
  constraint?: string;
  where?: string;
}
