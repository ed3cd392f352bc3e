/** What a function must not have, and what it has instead. */
import { format } from "node:util";
import type { KvAccess } from "../kv/access.ts";
import type { LogLevel } from "../logs/log_file.ts";
import { MemoryCaches } from "./cache_storage.ts";
import { define, guardCodeFromStrings } from "./code_from_strings.ts";
import { denoFor } from "./deno_namespace.ts";
import { hideRuntime } from "./hidden_runtime.ts";
import { hideMachine } from "./node_os.ts";
import { nodeProcess } from "./node_process.ts";
import { log, stackOf } from "./report.ts";

/**
 * Takes away what leads around the permissions. The compiled program's module loader asks for none
 * when it imports a file: so functions have no workers, and nothing that could carry out an import:
 * neither code from strings, nor what function_worker.ts takes, holds one.
 */
export function confine(env: Readonly<Record<string, string>>, kv?: KvAccess): void {
  const variables = new Map(Object.entries(env));
  const process = nodeProcess(variables);
  hideRuntime();
  hideMachine();
  replace("Deno", denoFor(variables, kv));
  replace("process", process);
  for (const name of ["require", "Worker", "localStorage", "close"]) replace(name);
  replace("caches", new MemoryCaches());
  for (const name of OF_WORKERS) delete (globalThis as unknown as Record<string, unknown>)[name];
  const { redirect } = Response;
  // An address that is not whole would lead to where this program's own files are.
  define(
    Response,
    "redirect",
    (to: string | URL, status?: number) => redirect(new URL(to), status),
  );
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

/** By these, packages take a function for the worker of a page. */
const OF_WORKERS = [
  "DedicatedWorkerGlobalScope",
  "WorkerGlobalScope",
  "WorkerLocation",
  "WorkerNavigator",
  "importScripts",
  "location",
  "name",
  "onmessage",
  "postMessage",
];
const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  trace: "debug",
};
