import type { Representation } from "../request/media_type.ts";

/** What a statement of the data API answers, in one row. */
export interface Outcome {
  /** How many rows are answered, or were changed. */
  readonly rows: number;
  /** How many there are without a page. */
  readonly total: number | null;
  /** How many of the changed rows are new, where that was asked. */
  readonly inserted: number | null;
  /** The primary key of the only new row, by the names of its columns. */
  readonly key: Readonly<Record<string, string | null>> | null;
  /** What the statement has set as `response.status` and `response.headers`. */
  readonly status: string | null;
  readonly headers: string | null;
  /** JSON; text as a JSON string. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What is to be known of rows beside them. */
export interface Asked {
  /** SQL of how many there are. */
  readonly total?: string;
  readonly inserted?: string;
  readonly key?: string;
  /** SQL of the body; null without one. */
  readonly body: string;
  /** A condition under which nothing may have happened. */
  readonly refusedIf?: string;
}

/**
 * The statement around rows that answers an {@link Outcome}. Where it is to refuse, it fails: so
 * whatever it did is undone, without asking again.
 */
export function outcomeSql(rows: string, asked: Asked): string {
  const { total = "NULL", inserted = "NULL", key = "NULL", body, refusedIf } = asked;
  const refused = refusedIf
    ? `, CASE WHEN ${refusedIf} THEN ('${REFUSED}' || count(*))::int4 END AS refused`
    : "";
  return `SELECT count(*)::int4 AS rows, (${total})::int4 AS total, (${inserted})::int4 AS inserted, (${key})::json AS key,
 nullif(current_setting('response.status', true), '') AS status,
 nullif(current_setting('response.headers', true), '') AS headers${refused}, ${body} AS body FROM (${rows}) AS _rows`;
}

/** What a text that is no number begins with, to make a statement fail with a number of rows. */
const REFUSED = "rows that the data api refuses: ";

/** The number of rows that a statement of {@link outcomeSql} refused, if that is why it failed. */
export function refusedRows(message: string): number | undefined {
  const [, count] = new RegExp(`"${REFUSED}(\\d+)"$`).exec(message) ?? [];
  return count === undefined ? undefined : Number(count);
}

/** The rows as a body. */
export function bodySql({ kind, isStripped, custom }: Representation): string {
  if (custom) return custom.isBinary ? `encode(${custom.sql}, 'hex')` : `(${custom.sql})::text`;
  if (kind === "csv") return CSV;
  return isStripped
    ? "json_strip_nulls(coalesce(json_agg(_rows), '[]'))"
    : "coalesce(json_agg(_rows), '[]')";
}

/** The text form of a row is CSV but for its parentheses. */
const CSV =
  `concat((SELECT string_agg(CASE WHEN k ~ '[",\\n]' THEN '"' || replace(k, '"', '""') || '"' ELSE k END, ',')
 FROM json_object_keys((array_agg(row_to_json(_rows)))[1]) AS k), E'\\n',
 string_agg(substr(_rows::text, 2, length(_rows::text) - 2), E'\\n'))`;

const BODY = new TextEncoder().encode(',"body":');

/** Takes an outcome apart; its body stays bytes. */
export function readOutcome(rows: Uint8Array<ArrayBuffer>): Outcome {
  const at = indexOf(rows, BODY);
  const head = new TextDecoder().decode(rows.subarray(1, at));
  return { ...JSON.parse(`${head}}`), body: rows.subarray(at + BODY.length, -2) };
}

/** The outcome of a CALL: a row of what the procedure gives back, or nothing. */
export function outcomeOfCall(body: Uint8Array<ArrayBuffer>): Outcome {
  const rows = body.length > 2 ? 1 : 0;
  return { rows, total: null, inserted: null, key: null, status: null, headers: null, body };
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === wanted[0] && wanted.every((byte, n) => bytes[at + n] === byte)) return at;
  }
  throw new TypeError("The outcome has no body");
}
