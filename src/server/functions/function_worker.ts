/**
 * Runs one function: takes the place's permissions as they are (network alone), replaces what a
 * function must not have, loads it and serves it on a port of its own.
 */
import "./node_require.ts";
import * as sdk from "@insforge/sdk";
import type { Timer } from "../../core/timer.ts";
import { lackOf, nodeModule } from "../../shared/bundling/node_modules.ts";
import { confine } from "./confine.ts";
import { isSeenAs } from "./deno_namespace.ts";
import {
  type Assignment,
  ENCODING_HEADER,
  HEARTBEAT_MS,
  type Invocation,
  INVOCATION_HEADER,
  PING_PATH,
  REFUSAL_PATH,
  wantsSocket,
} from "./protocol.ts";
import { currentInvocation, log, messageOf, stackOf, tell } from "./report.ts";
import { isSdk } from "./sdk.ts";

type Handler = (request: Request) => unknown;
interface Loading {
  loaded: Promise<unknown>;
}

const scope = globalThis as unknown as Record<string, unknown> & {
  onmessage: ((event: MessageEvent<Assignment>) => void) | null;
  postMessage(message: string): void;
};
const { serve } = Deno;
const builtin = (globalThis as unknown as {
  process: { getBuiltinModule(name: string): unknown };
}).process.getBuiltinModule;
// A function may replace its globals.
const { setInterval, clearInterval } = globalThis;
const encoder = new TextEncoder();
/** Bytes of a request that may be left unread: they are on their way already. */
const UNREAD_BYTES = 64 * 1024;
/** The statuses of responses that cannot have a body. */
const NULL_BODY = [204, 205, 304];

scope.onmessage = async ({ data }) => {
  scope.onmessage = null;
  const { slug, code, env, kv, token } = data;
  confine(env, kv);
  try {
    const handler = await load(code);
    serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: ({ port }) => tell({ ready: port }),
    }, (request) => answer(request, handler, token));
  } catch (error) {
    log("error", stackOf(error));
    tell({ failed: `${slug} cannot be loaded: ${messageOf(error)}` });
  }
};
scope.postMessage("loaded");

/** Runs the function's module and finds what it exports to be called. */
async function load(code: string): Promise<Handler> {
  const address = `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`;
  const module: { exports: Record<string, unknown> | Handler & Partial<Loading> } = { exports: {} };
  const { default: run } = await import(address);
  await run(
    required,
    module,
    module.exports,
    sdk.createClient,
    (data: Uint8Array | ArrayBuffer | string) =>
      (typeof data === "string" ? encoder.encode(data) : new Uint8Array(data)).toBase64(),
    (text: string) => Uint8Array.fromBase64(text),
  );
  // What `insforge functions deploy` uploads loads by itself, and says when that is done.
  if ("loaded" in module.exports) await module.exports.loaded;
  const found = typeof module.exports === "function" ? module.exports : module.exports.default;
  if (typeof found === "function") return found as Handler;
  const { fetch } = (found ?? {}) as { fetch?: Handler };
  if (typeof fetch === "function") return fetch.bind(found);
  throw new TypeError(
    "it exports no function: write `export default async function (request) { … }`",
  );
}

/** Whatever a function has made of strings and sets, and gives as a name, is read once. */
function required(given: unknown): unknown {
  const specifier = `${given}`;
  if (isSdk(specifier)) return { ...sdk, __esModule: true };
  const name = `${nodeModule(specifier)}`;
  if (name === "process") return scope.process;
  if (lackOf(name) === undefined) return builtin(`node:${name}`);
  throw new TypeError(`A function cannot import ${JSON.stringify(specifier)}`);
}

async function answer(request: Request, handler: Handler, token: string): Promise<Response> {
  const invocation = invocationOf(request);
  if (invocation?.token !== token) return new Response(null, { status: 404 });
  const { pathname } = new URL(request.url);
  if (pathname === PING_PATH) return new Response();
  if (pathname === REFUSAL_PATH) return taken(invocation.id);
  using _heart = beating();
  const { method, body, signal } = request;
  const headers = new Headers(invocation.headers as [string, string][]);
  const seen = new Request(invocation.url, { method, headers, body, signal });
  isSeenAs(request, seen);
  const response = await respond(handler, seen, invocation.id);
  if (response.status === 101) return response;
  if (!wantsSocket(request)) return sendable(response, seen);
  // Who asks for a WebSocket is not told what else was answered, and so asks for that.
  refusals.set(invocation.id, sendable(response, seen));
  return new Response(null, { status: 400 });
}

async function respond(handler: Handler, request: Request, id: string): Promise<Response> {
  return await currentInvocation.run(id, async () => {
    try {
      const response = await handler(request);
      if (response instanceof Response) return response;
      throw new TypeError("The function did not return a Response");
    } catch (error) {
      if (error instanceof Response) return error;
      log("error", stackOf(error));
      return Response.json({ error: messageOf(error) }, { status: statusOf(error) });
    }
  });
}

/** A response as it goes to the backend: encoded as the function has it. */
function sendable(response: Response, { body: sent, headers: asked }: Request): Response {
  const encoding = response.headers.get("content-encoding");
  const isLong = !(Number(asked.get("content-length") ?? Infinity) <= UNREAD_BYTES);
  const isUnread = isLong && sent !== null && !sent.locked && !NULL_BODY.includes(response.status);
  if (!encoding && !isUnread) return response;
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  if (encoding) {
    headers.delete("content-encoding");
    headers.set(ENCODING_HEADER, encoding);
  }
  const body = isUnread ? thenRest(response.body, sent) : response.body;
  return new Response(body, { status, statusText, headers });
}

/**
 * A body that ends when nothing of the request waits any more: a connection that is closed before
 * can take the answer along.
 */
function thenRest(body: ReadableStream | null, sent: ReadableStream): ReadableStream {
  return (body ?? new Blob().stream()).pipeThrough(
    new TransformStream({
      flush: () => sent.locked ? undefined : sent.pipeTo(new WritableStream()).catch(() => {}),
    }),
  );
}

const refusals = new Map<string, Response>();

function taken(id: string): Response {
  const response = refusals.get(id) ?? new Response(null, { status: 404 });
  refusals.delete(id);
  return response;
}

let beats = 0;
let heart: Timer | undefined;

/** Says that this worker is alive while invocations run: one that loops for ever cannot. */
function beating(): Disposable {
  if (beats++ === 0) heart = setInterval(() => tell({ alive: true }), HEARTBEAT_MS);
  return {
    [Symbol.dispose]() {
      if (--beats === 0) clearInterval(heart);
    },
  };
}

function invocationOf(request: Request): Invocation | undefined {
  const header = request.headers.get(INVOCATION_HEADER);
  try {
    return header ? JSON.parse(header) : undefined;
  } catch {
    return undefined;
  }
}

/** The status that an error asks for, as errors of HTTP libraries do. */
function statusOf(error: unknown): number {
  const { status } = (error ?? {}) as { status?: unknown };
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) < 600
    ? status as number
    : 500;
}
