/**
 * HTTP/1.1 (RFC 9112) over a connection that is open already, for code that may open none.
 */
import { concatBytes } from "./bytes.ts";

/** What a request consists of, as `fetch` takes it. */
export interface Message {
  readonly method: string;
  readonly headers: Headers;
  /** Is held in memory whole. */
  readonly body?: BodyInit;
  /** Ends the exchange, and the connection with it. */
  readonly signal?: AbortSignal;
}

/** How an answer's body ends: after so many bytes, by itself, or with the connection. */
type Framing = number | "chunked" | "close";

/** Bytes of a head, or of a line between chunks. */
const MOST_HEAD_BYTES = 64 * 1024;
const READ_BYTES = 64 * 1024;
/** Bytes of a body that nobody reads. */
const MOST_UNWANTED_BYTES = 64 * 1024;
const CR = 0x0d;
const LF = 0x0a;
/** Statuses whose answers have no body, as those to HEAD. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Sends requests to one server, one after another: each once the answer to the one before was read
 * to its end. One that is given up takes the connection with it.
 */
export class HttpConnection {
  readonly #origin: string;
  readonly #connection: Deno.Conn;
  /** Settled once the last answer has been read; absent where nothing is under way. */
  #busy: Promise<void> | undefined;
  /** What was read, and is not taken yet. */
  #rest = new Uint8Array();
  #isClosed = false;

  /** @param origin of the server at the other end: whose requests it takes */
  constructor(origin: string, connection: Deno.Conn) {
    this.#origin = origin;
    this.#connection = connection;
  }

  /**
   * Does what `fetch` does with `redirect: "manual"`; bodies come as they were sent. Has written a
   * request without a body on return, if it waits for no other.
   * @throws {Deno.errors.NotCapable} for another server
   * @throws {TypeError} when what comes is no HTTP, or has no end
   */
  async send(url: URL, { method, headers, body, signal }: Message): Promise<Response> {
    if (url.origin !== this.#origin) {
      throw new Deno.errors.NotCapable(`there is no connection to ${url.host}`);
    }
    const before = this.#busy;
    const read = Promise.withResolvers<void>();
    this.#busy = read.promise;
    const aborted = Promise.withResolvers<never>();
    // Nobody may wait for it.
    aborted.promise.catch(() => {});
    const abort = () => {
      this.#close();
      aborted.reject(signal?.reason);
    };
    const end = () => {
      signal?.removeEventListener("abort", abort);
      if (this.#busy === read.promise) this.#busy = undefined;
      read.resolve();
    };
    try {
      signal?.throwIfAborted();
      signal?.addEventListener("abort", abort, { once: true });
      if (before) await Promise.race([before, aborted.promise]);
      if (this.#isClosed) incomplete();
      return await this.#exchange(url, { method, headers, body, signal }, end);
    } catch (error) {
      this.#close();
      end();
      throw signal?.aborted ? signal.reason : error;
    }
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  /** @param end is called once the answer was read, or is given up */
  async #exchange(
    url: URL,
    { method, headers, body, signal }: Message,
    end: () => void,
  ): Promise<Response> {
    const given = body === undefined ? undefined : new Response(body);
    const content = given ? await given.bytes() : new Uint8Array();
    const type = given?.headers.get("content-type");
    const head = headOf(url, method, headers, type, content.length);
    // Whoever refuses a body says why before it has read that.
    this.#write(concatBytes([head, content])).catch(() => {});
    const { status, statusText, fields } = await this.#readHead();
    const framing = method === "HEAD" || BODILESS.has(status) ? 0 : framingOf(fields);
    const parts = this.#parts(framing, signal, end);
    if (framing === 0) await parts.next();
    return new Response(framing === 0 ? null : streamOf(parts), {
      status,
      statusText,
      headers: fields,
    });
  }

  #close(): void {
    if (!this.#isClosed) this.#connection.close();
    this.#isClosed = true;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#connection.write(bytes.subarray(sent));
    }
  }

  /** The next final answer's. */
  async #readHead() {
    for (;;) {
      const [first = "", ...lines] = await this.#readLines();
      const [, code, statusText = ""] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first) ?? [];
      if (code === undefined) throw new TypeError("unexpected answer: it is no HTTP/1.1");
      const status = Number(code);
      if (status < 200) continue;
      const fields = new Headers(lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }));
      return { status, statusText, fields };
    }
  }

  /** The lines up to an empty one. */
  async #readLines(): Promise<string[]> {
    const lines: string[] = [];
    for (let size = 0; size < MOST_HEAD_BYTES;) {
      const line = await this.#readLine();
      if (line === "") return lines;
      size += line.length;
      lines.push(line);
    }
    throw new TypeError("the head of the answer has no end");
  }

  async #readLine(): Promise<string> {
    for (let searched = 0;;) {
      const end = this.#rest.indexOf(LF, searched);
      if (end >= 0) {
        const line = this.#rest.subarray(0, this.#rest[end - 1] === CR ? end - 1 : end);
        this.#rest = this.#rest.subarray(end + 1);
        return String.fromCharCode(...line);
      }
      searched = this.#rest.length;
      if (searched > MOST_HEAD_BYTES) throw new TypeError("a line of the answer has no end");
      this.#rest = concatBytes([this.#rest, await this.#read() ?? incomplete()]);
    }
  }

  /** What comes next; undefined at the connection's end. */
  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const chunk = new Uint8Array(READ_BYTES);
    const size = await this.#connection.read(chunk);
    return size === null ? undefined : chunk.subarray(0, size);
  }

  async *#parts(framing: Framing, signal: AbortSignal | undefined, end: () => void) {
    let isWhole = false;
    try {
      if (framing === "chunked") yield* this.#chunks();
      else yield* this.#bytes(framing === "close" ? Infinity : framing);
      isWhole = framing !== "close";
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      if (!isWhole) this.#close();
      end();
    }
  }

  async *#chunks() {
    for (;;) {
      const size = Number.parseInt(await this.#readLine(), 16);
      if (!(size >= 0)) throw new TypeError("unexpected answer: a chunk has no size");
      if (size === 0) break;
      yield* this.#bytes(size);
      await this.#readLine();
    }
    await this.#readLines();
  }

  /** @param count of bytes; what has no end ends with the connection */
  async *#bytes(count: number) {
    while (count > 0) {
      if (this.#rest.length === 0) {
        const read = await this.#read();
        if (!read && count === Infinity) return;
        this.#rest = read ?? incomplete();
      }
      const part = this.#rest.subarray(0, count);
      this.#rest = this.#rest.subarray(part.length);
      count -= part.length;
      yield part;
    }
  }
}

/** What is not wanted is read if it is little: the connection can be used again then. */
function streamOf(parts: AsyncGenerator<Uint8Array<ArrayBuffer>, void>) {
  const drain = async () => {
    let size = 0;
    for await (const part of parts) if ((size += part.length) > MOST_UNWANTED_BYTES) break;
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    // The next request waits for it, and bounds that.
    cancel: () => void drain().catch(() => {}),
  }, { highWaterMark: 0 });
}

/** @param type of the content, unless the fields have it */
function headOf(
  url: URL,
  method: string,
  headers: Headers,
  type: string | null | undefined,
  length: number,
): Uint8Array<ArrayBuffer> {
  const fields = new Headers(headers);
  if (type && !fields.has("content-type")) fields.set("content-type", type);
  if (method !== "GET" && method !== "HEAD") fields.set("content-length", String(length));
  const lines = [
    `${method} ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    ...[...fields].map(([name, value]) => `${name}: ${value}`),
  ];
  // Fields hold bytes, one in each character.
  return Uint8Array.from(`${lines.join("\r\n")}\r\n\r\n`, (char) => char.charCodeAt(0));
}

function framingOf(fields: Headers): Framing {
  if (/\bchunked\s*$/i.test(fields.get("transfer-encoding") ?? "")) return "chunked";
  const length = fields.get("content-length");
  if (length === null) return "close";
  if (/^\d+$/.test(length)) return Number(length);
  throw new TypeError("unexpected answer: its length is no number");
}

/** In the words of `fetch`. */
function incomplete(): never {
  throw new TypeError("connection closed before message completed");
}
