/** What a function must not have, and what it has instead. */
import { format } from "node:util";
import type { KvAccess } from "../kv/access.ts";
import type { LogLevel } from "../logs/log_file.ts";
import { MemoryCaches } from "./cache_storage.ts";
import { define, guardCodeFromStrings } from "./code_from_strings.ts";
import { denoFor } from "./deno_namespace.ts";
import { hideRuntime } from "./hidden_runtime.ts";
import { log, stackOf } from "./report.ts";

/**
 * Takes away what leads around the permissions. The compiled program's module loader asks for none
 * when it imports a file: so functions have no workers, and nothing that could carry out an import:
 * neither code from strings, nor what function_worker.ts takes, holds one.
 */
export function confine(env: Readonly<Record<string, string>>, kv?: KvAccess): void {
  hideRuntime();
  replace("Deno", denoFor(env, kv));
  replace("process", nodeProcess(env));
  for (const name of ["require", "Worker", "localStorage", "close"]) replace(name);
  replace("caches", new MemoryCaches());
  guardCodeFromStrings();
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

function replace(name: string, value?: object): void {
  define(globalThis, name, value);
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  trace: "debug",
};

/** What a process of Node's tells of itself happens to no function. */
function listeners(): Record<string, () => void> {
  const names = ["on", "once", "off", "emit", "addListener", "removeListener"];
  return Object.fromEntries(names.map((name) => [name, () => {}]));
}

function standardStream(level: LogLevel, fd: number): object {
  const write = (text: unknown) => {
    log(level, String(text).replace(/\n$/, ""));
    return true;
  };
  return { fd, isTTY: false, writable: true, write, ...listeners() };
}

function nodeProcess(env: Readonly<Record<string, string>>): object {
  return {
    env: { NODE_ENV: "production", ...env },
    argv: [],
    platform: Deno.build.os === "windows" ? "win32" : Deno.build.os,
    version: "v22.0.0",
    versions: { node: "22.0.0" },
    arch: Deno.build.arch === "aarch64" ? "arm64" : "x64",
    execArgv: [],
    release: { name: "node" },
    hrtime: Object.assign(
      ([seconds, nanoseconds] = [0, 0]) => {
        const [now, rest] = [Math.floor(performance.now() / 1000), performance.now() % 1000];
        const difference = Math.floor(rest * 1e6) - nanoseconds;
        return difference < 0 ? [now - seconds - 1, difference + 1e9] : [now - seconds, difference];
      },
      { bigint: () => BigInt(Math.floor(performance.now() * 1e6)) },
    ),
    uptime: () => performance.now() / 1000,
    stdout: standardStream("info", 1),
    stderr: standardStream("error", 2),
    nextTick: (work: (...args: unknown[]) => void, ...args: unknown[]) =>
      queueMicrotask(() => work(...args)),
    cwd: () => "/",
    ...listeners(),
    emitWarning: (warning: unknown) => log("warn", String(warning)),
  };
}
