/**
 * What every bundle begins with: the globals that Deno gives to packages. The names that begin with
 * two underscores stand for what esbuild replaces; `__runtime` is a parameter of the bundle's
 * wrapper.
 */
import { Buffer } from "node:buffer";
import {
  clearImmediate,
  clearInterval,
  clearTimeout,
  setImmediate,
  setInterval,
  setTimeout,
} from "node:timers";

const global = globalThis;

// Older packages set it. Deno has taken it away, or put in its place what sets nothing.
Object.defineProperty(Object.prototype, "__proto__", {
  configurable: true,
  get() {
    return Object.getPrototypeOf(this);
  },
  set(prototype) {
    if (Object(prototype) === prototype || prototype === null) {
      Object.setPrototypeOf(this, prototype);
    }
  },
});

/** Work that goes on behind the answer. */
globalThis.EdgeRuntime ??= {
  waitUntil(work) {
    Promise.resolve(work).catch((error) => console.error(error));
    return work;
  },
};

/** A module of Node that functions lack: it can be imported, and says what it lacks when used. */
export function lacking(name, lack, importer) {
  const refuse = (path) => {
    const refused = () => {
      throw new Error(`${importer} uses ${path}, and edge functions have no access to ${lack}`);
    };
    return new Proxy(function () {}, {
      get: (target, key) =>
        typeof key === "symbol" || key === "prototype" ? target[key] : refuse(`${path}.${key}`),
      apply: refused,
      construct: refused,
    });
  };
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
  filename: new URL(__runtime.url).pathname,
  dirname: new URL(".", __runtime.url).pathname.replace(/(?<=.)\/$/, ""),
  main: true,
  resolve: (name) => new URL(name, __runtime.url).href,
};

export {
  __meta,
  Buffer,
  clearImmediate,
  // What node_timers.ts makes of the timers in packages.
  clearInterval as __clearInterval,
  clearTimeout as __clearTimeout,
  global,
  setImmediate,
  setInterval as __setInterval,
  setTimeout as __setTimeout,
};
