/** What a client says to PostgreSQL. */
import { concatBytes } from "../../../core/bytes.ts";
import { frame } from "./frames.ts";

/** The version of the protocol, 3.0, which the first message tells. */
const VERSION = 3 << 16;
/** How long a parameter is that is null. */
const NULL = -1;
/** An empty list: of types, and of formats, so that all are texts. */
const NONE = new Uint8Array(2);

/** The first message; it has no letter. */
export function startup(settings: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  return frame("", VERSION, ...Object.entries(settings).flat(), new Uint8Array(1));
}

/** A text of statements. */
export function query(sql: string): Uint8Array<ArrayBuffer> {
  return frame("Q", sql);
}

/** One statement with the texts of its parameters: parse, bind, describe, execute and sync. */
export function queryWith(
  sql: string,
  params: readonly (string | null)[],
): Uint8Array<ArrayBuffer> {
  const values = params.flatMap((param) => {
    if (param === null) return [NULL];
    const bytes = new TextEncoder().encode(param);
    return [bytes.length, bytes];
  });
  const count = new Uint8Array([params.length >> 8, params.length]);
  return concatBytes([
    frame("P", "", sql, NONE),
    frame("B", "", "", NONE, count, ...values, NONE),
    frame("D", "P"),
    frame("E", "", 0),
    frame("S"),
  ]);
}

/** A password as it is. */
export function password(text: string): Uint8Array<ArrayBuffer> {
  return frame("p", text);
}

/** Chooses how to sign in, and begins it. */
export function signIn(mechanism: string, text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  return frame("p", mechanism, bytes.length, bytes);
}

/** Goes on with it. */
export function signInFurther(text: string): Uint8Array<ArrayBuffer> {
  return frame("p", new TextEncoder().encode(text));
}

/** Says goodbye, so that the server does not take note of a lost client. */
export const goodbye: Uint8Array<ArrayBuffer> = frame("X");
