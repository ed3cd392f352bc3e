import { concatBytes } from "../../../core/bytes.ts";
import { DatabaseError } from "../../http/api_error.ts";
import type { EngineAddress } from "../engine.ts";
import type { Notification } from "../messages.ts";
import { PostgresError } from "../postgres_error.ts";
import { ResultReader } from "../result_reader.ts";
import { NotificationSieve } from "../notification_sieve.ts";
import { AnswerFollower } from "../wire/answers.ts";
import { goodbye, password, query, signIn, signInFurther, startup } from "../wire/questions.ts";
import { cut, errorIn } from "../wire/replies.ts";
import { shownAddress } from "./address.ts";
import { Scram } from "./scram.ts";

const BUFFER_BYTES = 65_536;
/** Milliseconds that a server may take to accept a connection. */
const CONNECT_TIMEOUT_MS = 30_000;
/** `SSLRequest`, which a server answers with `S` or `N`. */
const SSL_REQUEST = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);

/** What `Authentication` asks for. */
const AUTHENTICATION = { password: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 };

/** A connection to a PostgreSQL server, spoken to in its own protocol. */
export class PostgresConnection {
  readonly #address: EngineAddress;
  readonly #socket: Deno.Conn;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #processId = 0;
  #key = 0;
  #isOpen = true;

  constructor(address: EngineAddress, socket: Deno.Conn) {
    this.#address = address;
    this.#socket = socket;
  }

  /** @throws {DatabaseError} when the server cannot be reached, or does not let the user in */
  static async open(address: EngineAddress): Promise<PostgresConnection> {
    const connection = new PostgresConnection(address, await connect(address));
    try {
      await connection.#start();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Whether it can be used. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Sends messages, of which the last has PostgreSQL say that it is ready, and resolves when it is.
   * @param onAnswer takes what it says; the bytes change once it returns
   * @throws {DatabaseError} 08006 when the connection breaks off
   */
  async exchange(message: Uint8Array, onAnswer: (bytes: Uint8Array) => void): Promise<void> {
    try {
      await this.#send(message);
      const follower = new AnswerFollower();
      while (!follower.isReady) {
        const bytes = await this.#read();
        follower.read(bytes);
        onAnswer(bytes);
      }
    } catch (error) {
      this.close();
      throw error instanceof DatabaseError ? error : broken(error);
    }
  }

  /** Runs a text whose rows nobody wants. @throws {DatabaseError} */
  async query(sql: string): Promise<void> {
    const reader = new ResultReader();
    await this.exchange(query(sql), (bytes) => reader.read(bytes));
    try {
      reader.finish();
    } catch (error) {
      throw error instanceof PostgresError ? new DatabaseError(error.fields) : error;
    }
  }

  /** Hears notifications until the connection is closed. */
  async hear(onNotification: (notification: Notification) => void): Promise<void> {
    const sieve = new NotificationSieve(onNotification);
    while (this.#isOpen) sieve.sift(await this.#read());
  }

  /** Asks the server to end what this connection runs. */
  async cancel(): Promise<void> {
    using socket = await connect(this.#address);
    const request = new DataView(new ArrayBuffer(16));
    [16, 80877102, this.#processId, this.#key].forEach((part, index) =>
      request.setInt32(index * 4, part)
    );
    await socket.write(new Uint8Array(request.buffer));
    // The server closes it once the request is passed on.
    await socket.read(new Uint8Array(1)).catch(() => {});
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#socket.write(goodbye).catch(() => {}).finally(() => this.#socket.close());
    } catch {
      // The server has closed it.
    }
  }

  async #start(): Promise<void> {
    const { user, database, password } = this.#address;
    const settings = { user, database, application_name: "insforge", client_encoding: "UTF8" };
    await this.#send(startup(settings));
    const scram = new Scram(password);
    let held = new Uint8Array(0);
    for (;;) {
      const messages: [type: string, body: Uint8Array][] = [];
      const bytes = await this.#read().catch((error) => Promise.reject(broken(error)));
      held = cut(concatBytes([held, bytes]), (...message) => messages.push(message));
      for (const [type, body] of messages) {
        if (type === "Z") return;
        await this.#answer(type, body, scram);
      }
    }
  }

  async #answer(type: string, body: Uint8Array, scram: Scram): Promise<void> {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    if (type === "R") return await this.#authenticate(view.getInt32(0), body.subarray(4), scram);
    if (type === "K") {
      this.#processId = view.getInt32(0);
      this.#key = view.getInt32(4);
    } else if (type === "E") {
      const { message, sqlstate } = errorIn(body);
      throw new DatabaseError({ message, sqlstate });
    }
  }

  async #authenticate(kind: number, data: Uint8Array, scram: Scram): Promise<void> {
    const { user, password: known } = this.#address;
    const said = new TextDecoder().decode(data);
    switch (kind) {
      case AUTHENTICATION.password:
        return await this.#send(password(known));
      case AUTHENTICATION.md5:
        throw refused(
          `${user} signs in by MD5, which is no protection`,
          "Give the user a password anew under password_encryption = 'scram-sha-256'.",
        );
      case AUTHENTICATION.sasl:
        return await this.#send(signIn("SCRAM-SHA-256", scram.first()));
      case AUTHENTICATION.saslContinue:
        return await this.#send(signInFurther(await scram.answer(said)));
      case AUTHENTICATION.saslFinal:
        return scram.check(said);
    }
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }

  async #read(): Promise<Uint8Array> {
    const length = await this.#socket.read(this.#buffer);
    if (length === null) throw new Error("the server closed it");
    return this.#buffer.subarray(0, length);
  }
}

async function connect(address: EngineAddress): Promise<Deno.Conn> {
  const { host: hostname, port, sslmode } = address;
  try {
    const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
    const socket = await Deno.connect({ hostname, port, signal });
    socket.setNoDelay(true);
    if (sslmode === "disable") return socket;
    await socket.write(SSL_REQUEST);
    const answer = new Uint8Array(1);
    await socket.read(answer);
    if (String.fromCharCode(answer[0]!) === "S") return await Deno.startTls(socket, { hostname });
    if (sslmode === "prefer" || sslmode === "allow") return socket;
    socket.close();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refused(
      `PostgreSQL at ${shownAddress(address)} cannot be reached: ${reason.split(" (os error")[0]}`,
      "Check that it runs, and its address.",
    );
  }
  throw refused(
    `PostgreSQL at ${shownAddress(address)} has no TLS`,
    "Add ?sslmode=disable to the address if the network in between is your own.",
  );
}

function refused(message: string, hint: string): DatabaseError {
  return new DatabaseError({ sqlstate: "08001", message, hint });
}

function broken(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DatabaseError({
    sqlstate: "08006",
    message: `the connection to PostgreSQL broke off: ${reason}`,
    hint: "What it ran was undone, unless it was being committed.",
  });
}
