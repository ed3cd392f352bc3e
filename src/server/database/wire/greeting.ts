import { ApiError, DatabaseError } from "../../http/api_error.ts";
import type { Database } from "../client.ts";
import type { PgliteEngine } from "../pglite_engine.ts";
import { literal } from "../session.ts";
import {
  errorFields,
  fatalFrame,
  frame,
  type FrameReader,
  idle,
  MAX_GREETING_BYTES,
} from "./frames.ts";
import { readStartup, type Startup } from "./startup.ts";

/** What a connection needs of whoever accepts it. */
export interface Desk {
  readonly database: Database;
  readonly engine: PgliteEngine;
  /** Milliseconds that a transaction may wait for its client, for which everybody else waits. */
  readonly patience: number;
  /** Whether this is the password of the user `postgres`. */
  isPassword(text: string): Promise<boolean>;
  /** Ends what another connection runs, if the key is its own. */
  cancel(processId: number, key: number): void;
}

/** A client that nothing is known of yet. */
interface Newcomer {
  readonly reader: FrameReader;
  readonly processId: number;
  readonly key: number;
  send(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/**
 * pg_dump refuses any server newer than itself, and InsForge's is 15: it is told that version,
 * whose catalogs it then asks for what it finds here too. Later versions of pg_dump know 15 as
 * well.
 */
const DUMPS = ["pg_dump", "pg_dumpall"];
const DUMPED_AS = "15.0";

/** What the one database is called: by itself, and on InsForge's own backend. */
const NAMES = new Set(["postgres", "insforge"]);

/** Of a wish to cancel: its length, what it is, a process and its key. */
const CANCEL_BYTES = 16;
/** The first number of a start: what the client wants. */
const STARTS = { ssl: 80877103, gss: 80877104, cancel: 80877102 };

/** The settings that a client is told at the start. */
const REPORTED = [
  "server_version",
  "server_encoding",
  "client_encoding",
  "DateStyle",
  "IntervalStyle",
  "TimeZone",
  "integer_datetimes",
  "standard_conforming_strings",
];

const FIXED: readonly [string, string][] = [
  ["default_transaction_read_only", "off"],
  ["in_hot_standby", "off"],
  ["is_superuser", "on"],
  ["session_authorization", "postgres"],
];

/**
 * The start of a connection, up to the right password.
 * @returns the statements that make the session what its client asks for; undefined when it leaves
 */
export async function greet(desk: Desk, newcomer: Newcomer): Promise<string[] | undefined> {
  for (;;) {
    const start = await newcomer.reader.start();
    const code = start?.getInt32(4);
    if (!start || code === undefined) return undefined;
    if (code === STARTS.ssl || code === STARTS.gss) {
      await newcomer.send(new TextEncoder().encode("N"));
    } else if (code === STARTS.cancel) {
      if (start.byteLength !== CANCEL_BYTES) {
        throw new RangeError(`a request to cancel of ${start.byteLength} bytes`);
      }
      desk.cancel(start.getInt32(8), start.getInt32(12));
      return undefined;
    } else if (code >> 16 === 3) {
      // Later minor versions are answered with the first.
      if (code & 0xffff) await newcomer.send(frame("v", 0, 0));
      return await welcome(desk, newcomer, readStartup(start));
    } else {
      throw new RangeError(`unsupported frontend protocol ${code >> 16}.${code & 0xffff}`);
    }
  }
}

async function welcome(
  { database, isPassword }: Desk,
  { reader, send, processId, key }: Newcomer,
  { database: wanted, applicationName, settings }: Startup,
): Promise<string[] | undefined> {
  await send(frame("R", 3));
  const answer = await reader.next(MAX_GREETING_BYTES);
  if (answer?.type !== "p") return undefined;
  const password = new TextDecoder().decode(answer.bytes.subarray(5, -1));
  if (!await isPassword(password)) {
    await send(fatalFrame({
      sqlstate: "28P01",
      message: "password authentication failed",
      hint: "`insforge db connection-string` shows the address with its password.",
    }));
    return undefined;
  }
  if (wanted !== undefined && !NAMES.has(wanted)) {
    await send(fatalFrame({
      sqlstate: "3D000",
      message: `database "${wanted}" does not exist`,
      hint: "The local backend has one, postgres; for more: insforge local start --engine postgres",
    }));
    return undefined;
  }
  const statements = settings.map(([name, value]) =>
    `SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`
  );
  try {
    const told = await tryOut(database, statements);
    if (DUMPS.includes(applicationName)) {
      told.set("server_version", `${DUMPED_AS} (PGlite ${told.get("server_version")})`);
    }
    await send(frame("R", 0));
    for (const [name, setting] of told) await send(frame("S", name, setting));
  } catch (error) {
    if (!(error instanceof DatabaseError || error instanceof ApiError)) throw error;
    await send(fatalFrame(errorFields(error)));
    return undefined;
  }
  await send(frame("S", "application_name", applicationName));
  for (const [name, setting] of FIXED) await send(frame("S", name, setting));
  await send(frame("K", processId, key));
  await send(idle);
  return statements;
}

/** @returns the settings that a client is told, after its own statements */
async function tryOut(
  database: Database,
  statements: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await database.transaction(async ({ query }) => {
    for (const sql of statements) await query(sql);
    return await query<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY ($1::text[])`,
      [REPORTED],
    );
  }, { keepsSchema: true });
  return new Map(rows.map(({ name, setting }) => [name, setting]));
}
