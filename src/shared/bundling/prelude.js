/**
 * What every bundle begins with: the globals that Deno gives to packages, and `Deno.serve`, which
 * here names the handler, as the backend is what listens. The names that begin with two underscores
 * stand for what esbuild replaces; `__runtime` is a parameter of the bundle's wrapper.
 */
import { Buffer } from "node:buffer";

const { setTimeout: later, clearTimeout: clearImmediate } = globalThis;
const global = globalThis;
const setImmediate = (work, ...values) => later(work, 0, ...values);

let served;

/** `Deno.serve` in each of its forms. */
function __serve(...values) {
  served = values.find((value) => typeof value === "function") ??
    values.find((value) => typeof value?.handler === "function")?.handler;
  const options = values.find((value) => typeof value === "object");
  const addr = { transport: "tcp", hostname: "0.0.0.0", port: options?.port ?? 8000 };
  options?.onListen?.(addr);
  const finished = new Promise(() => {});
  return { addr, finished, ref() {}, unref() {}, shutdown: async () => {} };
}

/** What Deno hands to a handler beside the request. */
const connection = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
  completed: Promise.resolve(),
};

/** The handler that a function's module exports, or has given to `Deno.serve`. */
export function handlerOf(exported) {
  if (served) return (request) => served(request, connection);
  const fetch = exported?.fetch;
  if (typeof exported !== "function" && typeof fetch === "function") {
    return (request) => fetch.call(exported, request, connection);
  }
  return exported;
}

/** Work that goes on behind the answer. */
globalThis.EdgeRuntime ??= {
  waitUntil(work) {
    Promise.resolve(work).catch((error) => console.error(error));
    return work;
  },
};

/** A module of Node that functions lack: it can be imported, and says what it lacks when used. */
export function lacking(name, lack, importer) {
  const refuse = (path) =>
    new Proxy(function () {}, {
      get: (target, key) =>
        typeof key === "symbol" || key === "prototype" ? target[key] : refuse(`${path}.${key}`),
      apply: () => {
        throw new Error(`${importer} uses ${path}, and edge functions have no access to ${lack}`);
      },
    });
  const unknown = ["__esModule", "then"];
  // Behind the module, not in its place: what esbuild makes for imports copies a module's own names.
  return Object.create(
    new Proxy({}, {
      get: (_, key) =>
        typeof key === "symbol" || unknown.includes(key)
          ? undefined
          : refuse(`node:${name}.${key}`),
    }),
  );
}

const __meta = {
  url: __runtime.url,
  main: true,
  resolve: (name) => new URL(name, __runtime.url).href,
};

export { __meta, __serve, Buffer, clearImmediate, global, setImmediate };
