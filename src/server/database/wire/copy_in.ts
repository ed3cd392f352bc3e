import { splitStatements } from "../../../shared/sql/splitter.ts";
import { type Frame, frame, textOf } from "./frames.ts";

/** Bytes that the rows of one COPY may have. */
const MOST_BYTES = 256 * 1024 ** 2;

const FROM_CLIENT = /\bCOPY\b.*\bFROM\s+STDIN\b/is;

/** Whether a query reads rows from its client: as its only statement, or among others. */
export function readsRows(message: Frame): "alone" | "among others" | undefined {
  if (message.type !== "Q" && message.type !== "P") return undefined;
  const text = textOf(message);
  // Most texts need no closer look; others may have the words in a literal.
  if (!FROM_CLIENT.test(text)) return undefined;
  const statements = splitStatements(text);
  if (!statements.some(({ text }) => /^COPY\b/i.test(text) && FROM_CLIENT.test(text))) return;
  return message.type === "Q" && statements.length === 1 ? "alone" : "among others";
}

/** `CopyInResponse`, which asks a client for rows in the format that the query says. */
export function rowsWanted(message: Frame): Uint8Array<ArrayBuffer> {
  const isBinary = /\bBINARY\b/i.test(textOf(message));
  return frame("G", new Uint8Array([isBinary ? 1 : 0, 0, 0]));
}

/**
 * Gathers what a client sends after {@link rowsWanted}: PGlite reads the rows of a COPY together
 * with the query.
 * @returns the messages, `CopyDone` or `CopyFail` at the end
 */
export async function gatherRows(
  next: () => Promise<Frame | undefined>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const gathered: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const message = await next();
    if (!message) return [...gathered, frame("f", "the client is gone")];
    // Flush and sync have no meaning here, and are ignored as PostgreSQL ignores them.
    if (!"dcf".includes(message.type)) continue;
    size += message.bytes.length;
    if (message.type === "d" && size > MOST_BYTES) gathered.length = 0;
    else gathered.push(message.bytes);
    if (message.type === "d") continue;
    if (size <= MOST_BYTES) return gathered;
    return [
      frame("f", `the rows have more than ${MOST_BYTES / 1024 ** 2} MiB: copy them in parts`),
    ];
  }
}

/** Takes the `CopyInResponse` out of answers that begin with it: the client has it already. */
export function withoutRowsWanted(answer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (answer[0] !== "G".charCodeAt(0)) return answer;
  return answer.subarray(1 + new DataView(answer.buffer, answer.byteOffset).getUint32(1));
}
