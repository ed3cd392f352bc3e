/** A TCP proxy that does to connections what networks do, one request a connection. */
import { resetConnection } from "./reset_connection.ts";

/** How much of a response passes before something happens to it. */
interface Part {
  readonly afterBytes: number;
  /** What the bytes are counted of: the body, or else head and body. */
  readonly of?: "body";
}

/** What happens to a response on its way back. */
export type Fault =
  | { readonly kind: "none" }
  /** The connection ends after so many bytes of the response. */
  | { readonly kind: "cut" } & Part
  /** Nothing more comes after so many bytes, and the connection stays. */
  | { readonly kind: "stall" } & Part
  /** Another response comes instead, and the server never sees the request. */
  | { readonly kind: "respond"; readonly response: string | Uint8Array }
  /** The connection is reset, as TCP does it, after so many bytes of the response. */
  | { readonly kind: "reset" } & Part
  /**
   * The connection ends after so many bytes of the request's body, and the server never sees it.
   */
  | { readonly kind: "hang up"; readonly afterBytes: number; readonly resets?: boolean }
  /** The response is whole by its headers, and its body ends after so many bytes. */
  | { readonly kind: "truncate"; readonly afterBytes: number }
  /** The server's whole response comes twice. */
  | { readonly kind: "duplicate" };

/** A request as it came over the wire. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
}

export interface FaultProxy extends AsyncDisposable {
  /** The address that stands for the server's. */
  readonly url: string;
  /** How many connections were made. */
  readonly connections: number;
  /** Every request so far, in order. */
  readonly requests: readonly ProxiedRequest[];
  /** The faults of the next connections in turn; then there are none. */
  next(...faults: Fault[]): void;
  /** Decides the fault of every request, by what it is; those of `next` come first. */
  strike(choose: (request: ProxiedRequest) => Fault | undefined): void;
  /** Stops listening: connections are refused from now on. Those that are open go on. */
  refuse(): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const HEAD_END = encoder.encode("\r\n\r\n");

/** An HTTP response as bytes on the wire; `headers` are a content type alone, or all of them. */
export function rawResponse(
  status: number,
  body: string,
  headers: string | Readonly<Record<string, string>> = "text/html",
): string {
  const all = {
    ...(typeof headers === "string" ? { "content-type": headers } : headers),
    "content-length": encoder.encode(body).length,
    connection: "close",
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Fault\r\n${lines.join("")}\r\n${body}`;
}

/** Starts a proxy in front of a server on loopback. */
export function faultProxy(serverUrl: string): FaultProxy {
  const { hostname, port } = new URL(serverUrl);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = listener.addr as Deno.NetAddr;
  const open = new Set<Deno.Conn>();
  const requests: ProxiedRequest[] = [];
  const ended = Promise.withResolvers<void>();
  const working = new Set<Promise<void>>();
  let choose: (request: ProxiedRequest) => Fault | undefined = () => undefined;
  let faults: Fault[] = [];
  let connections = 0;
  let listens = true;
  const serving = (async () => {
    for await (const client of listener) {
      connections++;
      open.add(client);
      const work = serve(client).catch(() => {}).finally(() => close(client));
      working.add(work);
      work.finally(() => working.delete(work));
    }
  })();

  function close(connection: Deno.Conn): void {
    open.delete(connection);
    try {
      connection.close();
    } catch {
      // The other side has closed it.
    }
  }

  async function serve(client: Deno.Conn): Promise<void> {
    const head = await readHead(client);
    const { request, length } = parseHead(head);
    requests.push(request);
    const fault = faults.shift() ?? choose(request) ?? { kind: "none" };
    if (fault.kind === "respond") {
      await skip(client, length);
      await writeAll(client, bytesOf(fault.response));
      return;
    }
    if (fault.kind === "hang up") {
      await skip(client, Math.min(length, fault.afterBytes));
      if (fault.resets) resetConnection(client);
      return;
    }
    const server = await Deno.connect({ hostname, port: Number(port) });
    open.add(server);
    await writeAll(server, encoder.encode(singleRequest(head)));
    const sent = client.readable.pipeTo(server.writable, { preventClose: true }).catch(() => {});
    try {
      if (fault.kind === "truncate") {
        await writeAll(client, truncated(await readAll(server), fault.afterBytes));
      } else {
        await answer(client, server, fault);
      }
    } finally {
      close(server);
      close(client);
      await sent;
    }
  }

  async function answer(client: Deno.Conn, server: Deno.Conn, fault: Fault): Promise<void> {
    const seen: Uint8Array[] = [];
    let left = "afterBytes" in fault ? fault.afterBytes : Infinity;
    let countsHead = !("of" in fault && fault.of === "body");
    const buffer = new Uint8Array(16 * 1024);
    for (let count = await server.read(buffer); count !== null; count = await server.read(buffer)) {
      if (!countsHead) {
        // A server writes its head at once.
        left += indexOf(buffer.subarray(0, count), HEAD_END) + HEAD_END.length;
        countsHead = true;
      }
      const chunk = buffer.slice(0, Math.min(count, left));
      await writeAll(client, chunk);
      left -= chunk.length;
      if (fault.kind === "duplicate") seen.push(chunk);
      if (left > 0) continue;
      // A stalled connection ends with the proxy.
      if (fault.kind === "stall") await ended.promise;
      if (fault.kind === "reset") resetConnection(client);
      return;
    }
    for (const chunk of seen) await writeAll(client, chunk);
  }

  function refuse(): void {
    if (listens) listener.close();
    listens = false;
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    get connections() {
      return connections;
    },
    requests,
    next(...more) {
      faults = more;
    },
    strike(decide) {
      choose = decide;
    },
    refuse,
    async [Symbol.asyncDispose]() {
      refuse();
      ended.resolve();
      for (const connection of [...open]) close(connection);
      await serving;
      await Promise.all(working);
    },
  };
}

/** Reads no further than the head: the body is passed on as it comes. */
async function readHead(client: Deno.Conn): Promise<string> {
  let head = "";
  const byte = new Uint8Array(1);
  while (!head.endsWith("\r\n\r\n")) {
    if (await client.read(byte) === null) throw new Deno.errors.UnexpectedEof();
    head += String.fromCharCode(byte[0]!);
  }
  return head;
}

function parseHead(head: string): { request: ProxiedRequest; length: number } {
  const [line = "", ...rest] = head.trimEnd().split("\r\n");
  const [method = "", target = ""] = line.split(" ");
  const headers = new Headers();
  for (const field of rest) {
    const colon = field.indexOf(":");
    headers.append(field.slice(0, colon), field.slice(colon + 1).trim());
  }
  return {
    request: { method, target, headers },
    length: Number(headers.get("content-length") ?? 0),
  };
}

/** The head with the wish that the connection ends with this request. */
function singleRequest(head: string): string {
  const lines = head.trimEnd().split("\r\n").filter((line) => !/^connection:/i.test(line));
  return [...lines, "connection: close", "", ""].join("\r\n");
}

/** Reads a body of known length: a client may not look for an answer before it has sent that. */
async function skip(connection: Deno.Conn, length: number): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let left = length; left > 0;) {
    const count = await connection.read(buffer.subarray(0, Math.min(left, buffer.length)));
    if (count === null) return;
    left -= count;
  }
}

async function readAll(connection: Deno.Conn): Promise<Uint8Array> {
  return new Uint8Array(await new Response(connection.readable).arrayBuffer());
}

/** A response with a shorter body and the length of that. */
function truncated(response: Uint8Array, afterBytes: number): Uint8Array {
  const end = indexOf(response, HEAD_END) + HEAD_END.length;
  const lines = decoder.decode(response.subarray(0, end)).trimEnd().split("\r\n");
  const isChunked = lines.some((line) => /^transfer-encoding:.*chunked/i.test(line));
  const whole = response.subarray(end);
  const body = (isChunked ? unchunked(whole) : whole).subarray(0, afterBytes);
  const head = [
    ...lines.filter((line) => !/^(content-length|transfer-encoding):/i.test(line)),
    `content-length: ${body.length}`,
    "",
    "",
  ].join("\r\n");
  return joined([encoder.encode(head), body]);
}

function unchunked(body: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let rest = body;;) {
    const end = indexOf(rest, encoder.encode("\r\n"));
    const size = parseInt(decoder.decode(rest.subarray(0, end)), 16);
    if (!size) return joined(chunks);
    chunks.push(rest.subarray(end + 2, end + 2 + size));
    rest = rest.subarray(end + 2 + size + 2);
  }
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  return bytes.findIndex((_, at) => part.every((byte, offset) => bytes[at + offset] === byte));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encoder.encode(content) : content;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}
