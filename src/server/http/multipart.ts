/** Forms (`multipart/form-data`) that are read as they stream in. */
import { decodeField, make, type MultipartError, type PartInfo } from "multipasta";
import { concatBytes } from "../../core/bytes.ts";
import { ApiError } from "./api_error.ts";
import type { RequestContext } from "../services.ts";

/** A file of a form; its chunks must be read before the form goes on. */
export interface FormFile {
  /** The name of the form's field. */
  readonly field: string;
  readonly filename?: string;
  readonly contentType: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** How large the text of one field may be. */
const MAX_FIELD_BYTES = 1024 * 1024;

/** Characters of a boundary at most (RFC 2046, section 5.1.1). */
const MAX_BOUNDARY = 70;

/** How many more pieces of a form, of some 16 KiB each, are read after its refusal. */
const MAX_DRAINED_EVENTS = 1024;

type Event =
  | { kind: "field"; name: string; value: string }
  | { kind: "file"; field: string; filename?: string; contentType: string }
  | { kind: "chunk"; chunk: Uint8Array }
  | { kind: "end" };

/**
 * Reads a form: `receive` gets the first file with the fields that stand before it. Nothing is held
 * in memory whole but the fields. Answers what `receive` does, or nothing when there is no file.
 * @throws {ApiError} 400 when the body is no form or is cut off
 */
export async function readForm<T>(
  context: RequestContext,
  receive: (file: FormFile, fields: ReadonlyMap<string, string>) => Promise<T>,
): Promise<T | undefined> {
  const events = eventsOf(context);
  const fields = new Map<string, string>();
  try {
    for (let next = await events.next(); !next.done; next = await events.next()) {
      const event = next.value;
      if (event.kind === "field") fields.set(event.name, event.value);
      if (event.kind === "file") {
        const answer = await receive({ ...event, chunks: chunksOf(events) }, fields);
        // The rest is read, so that the client gets the answer and not a broken connection.
        while (!(await events.next()).done);
        return answer;
      }
    }
    return undefined;
  } catch (error) {
    // A refusal, too, reaches only a client that could send what it had begun.
    let left = MAX_DRAINED_EVENTS;
    while (left-- > 0 && !(await events.next().catch(() => ({ done: true }))).done);
    throw error;
  } finally {
    await events.return(undefined);
  }
}

async function* chunksOf(events: AsyncGenerator<Event>): AsyncGenerator<Uint8Array> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    if (next.value.kind !== "chunk") return;
    yield next.value.chunk;
  }
}

async function* eventsOf(context: RequestContext): AsyncGenerator<Event> {
  const queue: Event[] = [];
  let failure: MultipartError | undefined;
  const parser = make({
    headers: { "content-type": context.req.header("content-type") ?? "" },
    maxFieldSize: MAX_FIELD_BYTES,
    isFile: (info) =>
      namesOf(info).filename !== undefined || info.contentType === "application/octet-stream",
    onField: (info, value) =>
      queue.push({ kind: "field", name: namesOf(info).name, value: decodeField(info, value) }),
    onFile: (info) => {
      const { name, filename } = namesOf(info);
      queue.push({ kind: "file", field: name, filename, contentType: info.contentType });
      return (chunk) => queue.push(chunk ? { kind: "chunk", chunk } : { kind: "end" });
    },
    onError: (error) => failure ??= error,
    onDone: () => {},
  });
  const [, boundary = ""] =
    /boundary="?([^";]+)"?/i.exec(context.req.header("content-type") ?? "") ?? [];
  if (boundary.length > MAX_BOUNDARY) {
    throw new ApiError(400, "INVALID_INPUT", `A boundary has ${MAX_BOUNDARY} characters at most`);
  }
  for await (const chunk of withWholeHeads(context.req.raw.body ?? [], boundary)) {
    try {
      parser.write(chunk);
    } catch (error) {
      // A name in the form `filename*=` that is not encoded as it says.
      if (!(error instanceof URIError)) throw error;
      failure = { _tag: "InvalidDisposition" };
    }
    if (failure) break;
    yield* queue.splice(0);
  }
  if (!failure) parser.end();
  if (failure) {
    throw new ApiError(400, "INVALID_INPUT", `The body is no complete form: ${failure._tag}`);
  }
  yield* queue.splice(0);
}

/**
 * The names of a part. The parser takes none with a character beyond Latin-1, which browsers send
 * as UTF-8.
 */
function namesOf(info: PartInfo): { name: string; filename?: string } {
  if (info.contentDisposition !== "") return info;
  const disposition = String(info.headers["content-disposition"] ?? "");
  const named = (parameter: string) =>
    new RegExp(`;\\s*${parameter}="((?:\\\\"|[^"])*)"`, "i").exec(disposition)?.[1];
  return { name: named("name") ?? "", filename: named("filename") };
}

/** The end of a part's headers. */
const HEAD_END = new TextEncoder().encode("\r\n\r\n");

/**
 * Cuts a form anew so that no cut is within a boundary or the headers behind it, where the parser
 * takes what it has for all there is.
 */
async function* withWholeHeads(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  const mark = new TextEncoder().encode(`--${boundary}`);
  let held: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = held.length > 0 ? concatBytes([held, chunk]) : chunk;
    const last = lastIndexOf(bytes, mark);
    const isOpen = last !== -1 && indexOf(bytes, HEAD_END, last) === -1;
    // Before a mark stands a line break, and the end of what has come may be the start of both.
    const end = Math.max(0, isOpen ? last - 2 : bytes.length - mark.length - 4);
    if (end > 0) yield bytes.subarray(0, end);
    held = bytes.slice(end);
    if (held.length > MAX_HEAD_BYTES) break;
  }
  if (held.length > 0) yield held;
}

/** How long the headers of a part may be. */
const MAX_HEAD_BYTES = 64 * 1024;

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0]!;
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, n) => bytes[at + n] === byte)) return at;
  }
  return -1;
}

function lastIndexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  let found = -1;
  for (let at = indexOf(bytes, wanted, 0); at !== -1; at = indexOf(bytes, wanted, at + 1)) {
    found = at;
  }
  return found;
}
