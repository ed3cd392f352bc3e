import type { Database, Transaction } from "../database/client.ts";
import { apply, type Entries, keysRead, versionstampOf } from "./apply.ts";
import type { AtomicWrite, Entry, Key, ReadRange, WriteOutcome } from "./messages.ts";
import type { KvStore } from "./store.ts";

/** The channel on which every server of the database hears of changes. */
const CHANNEL = "functions_kv";

/** An entry as PostgreSQL tells it. */
interface Row {
  readonly key: Key;
  readonly value: string;
  readonly encoding: number;
  /** Of 64 bits, as text. */
  readonly version: string;
  readonly expires_at: string | null;
}

interface Waiting {
  readonly write: AtomicWrite;
  resolve(outcome: WriteOutcome): void;
  reject(error: unknown): void;
}

const COLUMNS = `encode(key, 'hex') AS key, encode(value, 'base64') AS value, encoding, version,
  expires_at`;
const LIVES = "(expires_at IS NULL OR expires_at > $2::bigint)";
const WITHIN = `key >= decode(low, 'hex') AND key < decode(high, 'hex') AND ${LIVES}`;

const READ = `SELECT entries.*, number FROM
  jsonb_to_recordset($1::jsonb) AS range(number int, low text, high text, most int, reverse boolean)
  CROSS JOIN LATERAL (
    (SELECT ${COLUMNS} FROM functions.kv AS kv
      WHERE NOT reverse AND ${WITHIN} ORDER BY kv.key LIMIT most)
    UNION ALL
    (SELECT ${COLUMNS} FROM functions.kv AS kv
      WHERE reverse AND ${WITHIN} ORDER BY kv.key DESC LIMIT most)
  ) AS entries`;
const READ_KEYS = `SELECT ${COLUMNS} FROM functions.kv WHERE ${LIVES} AND
  key IN (SELECT decode(wanted, 'hex') FROM jsonb_array_elements_text($1::jsonb) AS wanted)`;
const REMOVE = `DELETE FROM functions.kv WHERE expires_at <= $2::bigint OR
  key IN (SELECT decode(gone, 'hex') FROM jsonb_array_elements_text($1::jsonb) AS gone)`;
const PUT = `WITH counted AS (UPDATE functions.kv_version SET version = $2::bigint),
  put AS (
    INSERT INTO functions.kv (key, value, encoding, version, expires_at)
    SELECT decode(key, 'hex'), decode(value, 'base64'), encoding, version, expires_at
    FROM jsonb_to_recordset($1::jsonb) AS
      entry(key text, value text, encoding int, version bigint, expires_at bigint)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, encoding = excluded.encoding,
      version = excluded.version, expires_at = excluded.expires_at
  )
  SELECT pg_notify('${CHANNEL}', '')`;

/**
 * The store of a project, in its database. A lock on the number of the last change puts the writes
 * of all servers one behind the other; those that wait for a turn here share the next one.
 */
export class DatabaseKvStore implements KvStore {
  readonly #database: Database;
  readonly #clock: () => Date;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor({ database, clock }: { readonly database: Database; clock(): Date }) {
    this.#database = database;
    this.#clock = clock;
  }

  async read(ranges: readonly ReadRange[]): Promise<Entry[][]> {
    const asked = ranges.map(({ start, end, limit, reverse }, number) => ({
      number,
      low: start,
      high: end,
      most: limit,
      reverse,
    }));
    const { rows } = await this.#database.query<Row & { number: number }>(
      READ,
      [JSON.stringify(asked), this.#now()],
      { readOnly: true },
    );
    const found: Entry[][] = ranges.map(() => []);
    for (const row of rows) found[row.number]!.push(entryOf(row));
    return found.map((entries, number) => {
      const { reverse } = ranges[number]!;
      return entries.sort((a, b) => (a.key < b.key) === reverse ? 1 : -1);
    });
  }

  write(write: AtomicWrite): Promise<WriteOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  onChange(hear: () => void): Promise<() => void> {
    return this.#database.engine.listen(CHANNEL, hear);
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        const outcomes = await this.#database.transaction(
          (transaction) => this.#commit(transaction, waiting.map(({ write }) => write)),
          { keepsSchema: true },
        );
        for (const [index, { resolve }] of waiting.entries()) resolve(outcomes[index]!);
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    this.#isWriting = false;
  }

  async #commit(
    transaction: Transaction,
    writes: readonly AtomicWrite[],
  ): Promise<WriteOutcome[]> {
    const { rows: [last] } = await transaction.query<{ version: string }>(
      "SELECT version FROM functions.kv_version FOR UPDATE",
    );
    const first = Number(last!.version) + 1;
    const known = await this.#entries(transaction, writes.flatMap(keysRead));
    const entries: Entries = new Map(known);
    const outcomes = writes.map((write, index) =>
      apply(write, entries, versionstampOf(first + index))
    );
    const changed = [...entries].filter(([key, entry]) => known.get(key) !== entry);
    if (outcomes.every((outcome) => !("versionstamp" in outcome))) return outcomes;
    const gone = [...entries.keys()].filter((key) => entries.get(key) === undefined);
    await transaction.query(REMOVE, [JSON.stringify(gone), this.#now()]);
    const put = changed.flatMap(([, entry]) => entry ? [rowOf(entry)] : []);
    await transaction.query(PUT, [JSON.stringify(put), first + writes.length - 1]);
    return outcomes;
  }

  async #entries(transaction: Transaction, keys: readonly Key[]): Promise<Entries> {
    if (keys.length === 0) return new Map();
    const { rows } = await transaction.query<Row>(READ_KEYS, [JSON.stringify(keys), this.#now()]);
    return new Map(rows.map((row) => [row.key, entryOf(row)]));
  }

  #now(): number {
    return this.#clock().getTime();
  }
}

function entryOf({ key, value, encoding, version, expires_at }: Row): Entry {
  return {
    key,
    value: Uint8Array.fromBase64(value),
    encoding,
    versionstamp: versionstampOf(Number(version)),
    expiresAt: expires_at === null ? undefined : Number(expires_at),
  };
}

function rowOf({ key, value, encoding, versionstamp, expiresAt }: Entry) {
  const version = Number.parseInt(versionstamp.slice(0, 16), 16);
  return { key, value: value.toBase64(), encoding, version, expires_at: expiresAt ?? null };
}
