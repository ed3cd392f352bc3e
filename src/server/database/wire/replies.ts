/** What PostgreSQL says, message by message: `body` is what follows the letter and the length. */
import type { Field, Notification, PostgresErrorFields } from "../messages.ts";

/** An error or a notice. */
export interface Said extends PostgresErrorFields {
  severity?: string;
}

/** The letters of their fields that are texts. */
const PARTS = {
  S: "severity",
  C: "sqlstate",
  M: "message",
  D: "detail",
  H: "hint",
  W: "where",
  t: "table",
  c: "column",
  n: "constraint",
  R: "routine",
} as const;
const POSITION = "P";

/** Type and length, which each message begins with; the length counts itself but not the type. */
export const HEADER_LENGTH = 5;
/** Of a column beside its name: its table, its place there, its type, sizes and format. */
const COLUMN_LENGTH = 18;
const TYPE_OFFSET = 6;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Calls `take` with each whole message in bytes. @returns what is left of them */
export function cut(
  bytes: Uint8Array<ArrayBuffer>,
  take: (type: string, body: Uint8Array<ArrayBuffer>) => void,
): Uint8Array<ArrayBuffer> {
  const view = viewOf(bytes);
  let start = 0;
  while (start + HEADER_LENGTH <= bytes.length) {
    const end = start + 1 + view.getUint32(start + 1);
    if (end > bytes.length) break;
    take(String.fromCharCode(bytes[start]!), bytes.subarray(start + HEADER_LENGTH, end));
    start = end;
  }
  return bytes.subarray(start);
}

/** The columns of a `RowDescription`. */
export function fieldsIn(body: Uint8Array): Field[] {
  const view = viewOf(body);
  const fields: Field[] = [];
  for (let count = view.getUint16(0), at = 2; count > 0; count--) {
    const end = body.indexOf(0, at);
    const name = decoder.decode(body.subarray(at, end));
    fields.push({ name, dataTypeID: view.getUint32(end + 1 + TYPE_OFFSET) });
    at = end + 1 + COLUMN_LENGTH;
  }
  return fields;
}

/** The texts of a message that has nothing else, each of which ends with a zero. */
export function textsIn(body: Uint8Array): string[] {
  return decoder.decode(body).split("\0").slice(0, -1);
}

/** An `ErrorResponse` or a `NoticeResponse`. */
export function errorIn(body: Uint8Array): Said {
  const said: Said = { message: "", sqlstate: "XX000" };
  for (const text of textsIn(body)) {
    const [letter, value] = [text[0], text.slice(1)];
    if (letter === POSITION) said.position = Number(value);
    else if (isPart(letter)) said[PARTS[letter]] = value;
  }
  return said;
}

function isPart(letter: string | undefined): letter is keyof typeof PARTS {
  return letter !== undefined && letter in PARTS;
}

/** A `NotificationResponse`. */
export function notificationIn(body: Uint8Array): Notification {
  const [channel = "", payload = ""] = textsIn(body.subarray(4));
  return { processId: viewOf(body).getInt32(0), channel, payload };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
