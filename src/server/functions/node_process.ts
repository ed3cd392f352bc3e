/** What functions have of `process`: what it tells, and nothing that it does to a process. */
import type { LogLevel } from "../logs/log_file.ts";
import { log } from "./report.ts";

/** What a process of Node's tells of itself happens to no function. */
function listeners(): Record<string, () => unknown> {
  const names = ["on", "once", "off", "addListener", "prependListener", "removeListener"];
  const others = ["removeAllListeners", "setMaxListeners"];
  const same = function (this: unknown) {
    return this;
  };
  return {
    ...Object.fromEntries([...names, ...others].map((name) => [name, same])),
    emit: () => false,
    listeners: () => [],
    listenerCount: () => 0,
  };
}

function standardStream(level: LogLevel, fd: number): object {
  const write = (text: unknown) => {
    log(level, String(text).replace(/\n$/, ""));
    return true;
  };
  return { fd, isTTY: false, writable: true, write, ...listeners() };
}

/** The environment as packages know it: what they set is text, and builds are for production. */
function environment(variables: Map<string, string>): object {
  const fallbacks: Readonly<Record<string, string>> = { NODE_ENV: "production" };
  const valueOf = (name: string | symbol) =>
    typeof name === "symbol" ? undefined : variables.get(name) ?? fallbacks[name];
  return new Proxy({}, {
    get: (_, name) => valueOf(name),
    has: (_, name) => valueOf(name) !== undefined,
    set: (_, name, value) => Boolean(variables.set(String(name), String(value))),
    deleteProperty: (_, name) => variables.delete(String(name)) || true,
    ownKeys: () => [...new Set([...Object.keys(fallbacks), ...variables.keys()])],
    getOwnPropertyDescriptor(_, name) {
      const value = valueOf(name);
      if (value === undefined) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
  });
}

/** Stands for what is done to a process, and says that functions have none. */
function lacking(...names: string[]): Record<string, () => never> {
  return Object.fromEntries(names.map((name) => [name, () => {
    throw new Error(
      `process.${name} cannot be had: edge functions have no access to processes`,
    );
  }]));
}

/** Makes `process` for a function with these variables. */
export function nodeProcess(variables: Map<string, string>): object {
  const { version, versions } = (globalThis as unknown as {
    process: { readonly version: string; readonly versions: Readonly<Record<string, string>> };
  }).process;
  const { memoryUsage } = Deno;
  return {
    // By this, packages tell Node.
    [Symbol.toStringTag]: "process",
    env: environment(variables),
    argv: [],
    platform: Deno.build.os === "windows" ? "win32" : Deno.build.os,
    version,
    versions: { ...versions },
    arch: Deno.build.arch === "aarch64" ? "arm64" : "x64",
    execArgv: [],
    release: { name: "node" },
    pid: 1,
    ppid: 0,
    title: "deno",
    features: {},
    config: {},
    exitCode: undefined,
    hrtime: Object.assign(
      ([seconds, nanoseconds] = [0, 0]) => {
        const [now, rest] = [Math.floor(performance.now() / 1000), performance.now() % 1000];
        const difference = Math.floor(rest * 1e6) - nanoseconds;
        return difference < 0 ? [now - seconds - 1, difference + 1e9] : [now - seconds, difference];
      },
      { bigint: () => BigInt(Math.floor(performance.now() * 1e6)) },
    ),
    uptime: () => performance.now() / 1000,
    memoryUsage: Object.assign(() => memoryUsage(), { rss: () => memoryUsage().rss }),
    cpuUsage: () => ({ user: Math.floor(performance.now() * 1000), system: 0 }),
    stdout: standardStream("info", 1),
    stderr: standardStream("error", 2),
    nextTick: (work: (...args: unknown[]) => void, ...args: unknown[]) =>
      queueMicrotask(() => work(...args)),
    cwd: () => "/",
    umask: () => 0o22,
    ...lacking("abort", "chdir", "exit", "kill"),
    ...listeners(),
    emitWarning: (warning: unknown) => log("warn", String(warning)),
  };
}
