/**
 * Runs one function: takes the place's permissions as they are (network alone), replaces what a
 * function must not have, loads it and serves it on a port of its own.
 */
import "./node_require.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { format } from "node:util";
import * as sdk from "@insforge/sdk";
import { lackOf, nodeModule } from "../../shared/bundling/node_modules.ts";
import { isSdk } from "./sdk.ts";
import type { LogLevel } from "../logs/log_file.ts";
import {
  type Assignment,
  HEARTBEAT_MS,
  type Invocation,
  INVOCATION_HEADER,
  PING_PATH,
  type ProcessMessage,
} from "./protocol.ts";

type Handler = (request: Request) => unknown;
interface Loading {
  loaded: Promise<unknown>;
}

const scope = globalThis as unknown as Record<string, unknown> & {
  onmessage: ((event: MessageEvent<Assignment>) => void) | null;
  postMessage(message: string): void;
};
const { serve, stdout } = Deno;
const builtin = (globalThis as unknown as {
  process: { getBuiltinModule(name: string): unknown };
}).process.getBuiltinModule;
// A function may replace its globals.
const { setInterval, clearInterval } = globalThis;
const running = new AsyncLocalStorage<string>();
const encoder = new TextEncoder();

scope.onmessage = async ({ data }) => {
  scope.onmessage = null;
  const { slug, code, env, token } = data;
  confine(env);
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

/** Writes at once, so that nothing is lost should the next statement be the last. */
function tell(message: ProcessMessage): void {
  const bytes = encoder.encode(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < bytes.length;) sent += stdout.writeSync(bytes.subarray(sent));
}

function log(level: LogLevel, message: string): void {
  tell({ level, message, invocation: running.getStore() });
}

/**
 * Takes away what leads around the permissions. The compiled program's module loader asks for none
 * when it imports a file: so functions have no workers, and nothing that could carry out an import:
 * no code from strings, and {@link load} takes code without imports.
 */
function confine(env: Readonly<Record<string, string>>): void {
  const variables = new Map(Object.entries(env));
  const { errors, inspect, version, build, connect, connectTls, resolveDns } = Deno;
  replace("Deno", {
    errors,
    inspect,
    version,
    build,
    connect,
    connectTls,
    resolveDns,
    env: Object.freeze({
      get: (name: string) => variables.get(name),
      has: (name: string) => variables.has(name),
      set: (name: string, value: string) => void variables.set(name, String(value)),
      delete: (name: string) => void variables.delete(name),
      toObject: () => Object.fromEntries(variables),
    }),
  });
  replace("process", nodeProcess(env));
  for (const name of ["require", "Worker", "caches", "localStorage", "close"]) replace(name);
  forbidCodeFromStrings();
  for (const [name, level] of Object.entries(LEVELS)) {
    (console as unknown as Record<string, unknown>)[name] = (...values: unknown[]) =>
      log(level, format(...values));
  }
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log("error", `Unhandled rejection: ${stackOf(event.reason)}`);
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    log("error", `Uncaught: ${stackOf(event.error)}`);
  });
}

function forbidCodeFromStrings(): void {
  const refuse = () => {
    throw new EvalError("A function cannot run code from strings");
  };
  replace("eval", refuse);
  const samples = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const sample of samples) {
    const prototype = Object.getPrototypeOf(sample);
    const Refusing = function () {
      refuse();
    };
    // What asks `instanceof Function` goes on working.
    Refusing.prototype = prototype;
    Object.defineProperty(prototype, "constructor", {
      value: Refusing,
      writable: false,
      configurable: false,
    });
    if (prototype === Function.prototype) replace("Function", Refusing);
  }
  for (const name of ["setTimeout", "setInterval"]) {
    const original = scope[name] as (...values: unknown[]) => unknown;
    replace(name, (work: unknown, ...rest: unknown[]) => {
      if (typeof work !== "function") refuse();
      return original(work, ...rest);
    });
  }
}

function replace(name: string, value?: object): void {
  Object.defineProperty(globalThis, name, { value, configurable: false, writable: false });
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  trace: "debug",
};

function nodeProcess(env: Readonly<Record<string, string>>): object {
  return {
    env: { NODE_ENV: "production", ...env },
    argv: [],
    platform: Deno.build.os === "windows" ? "win32" : Deno.build.os,
    version: "v22.0.0",
    versions: { node: "22.0.0" },
    nextTick: (work: (...args: unknown[]) => void, ...args: unknown[]) =>
      queueMicrotask(() => work(...args)),
    cwd: () => "/",
    on() {},
    emitWarning: (warning: unknown) => log("warn", String(warning)),
  };
}

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

function required(specifier: string): unknown {
  if (isSdk(specifier)) return { ...sdk, __esModule: true };
  const name = nodeModule(specifier);
  if (name === "process") return scope.process;
  if (name && !lackOf(name)) return builtin(`node:${name}`);
  throw new TypeError(`A function cannot import ${JSON.stringify(specifier)}`);
}

async function answer(request: Request, handler: Handler, token: string): Promise<Response> {
  const invocation = invocationOf(request);
  if (invocation?.token !== token) return new Response(null, { status: 404 });
  if (new URL(request.url).pathname === PING_PATH) return new Response();
  const headers = new Headers(request.headers);
  headers.delete(INVOCATION_HEADER);
  using _heart = beating();
  const { method, body, signal } = request;
  return await running.run(invocation.id, async () => {
    try {
      const response = await handler(
        new Request(invocation.url, { method, headers, body, signal }),
      );
      if (response instanceof Response) return response;
      throw new TypeError("The function did not return a Response");
    } catch (error) {
      if (error instanceof Response) return error;
      log("error", stackOf(error));
      return Response.json({ error: messageOf(error) }, { status: statusOf(error) });
    }
  });
}

let beats = 0;
let heart: number | undefined;

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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The stack as far as it is the function's own. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = (error.stack ?? error.message).split("\n");
  return lines.filter((line) => !/^\s+at .*(function_worker\.|\(ext:|at ext:)/.test(line)).join(
    "\n",
  );
}

/** The status that an error asks for, as errors of HTTP libraries do. */
function statusOf(error: unknown): number {
  const { status } = (error ?? {}) as { status?: unknown };
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) < 600
    ? status as number
    : 500;
}
