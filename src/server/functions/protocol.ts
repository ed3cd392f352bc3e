/** What passes between the backend and the process of a function. */
import type { KvAccess } from "../kv/access.ts";
import type { LogLevel } from "../logs/log_file.ts";

/** The first line on the process's standard input; the input's end ends the process. */
export interface Assignment {
  readonly slug: string;
  /** The compiled module. */
  readonly code: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where `Deno.openKv` leads. */
  readonly kv?: KvAccess;
  /** Requests that do not show it are refused: other programs can reach the port as well. */
  readonly token: string;
}

/** A line on the process's standard output. Other lines are output of the function's. */
export type ProcessMessage =
  | { readonly ready: number }
  | { readonly alive: true }
  | { readonly failed: string }
  | { readonly level: LogLevel; readonly message: string; readonly invocation?: string };

/** The header that carries {@link Invocation} as JSON; the function does not see it. */
export const INVOCATION_HEADER = "x-insforge-invocation";

export interface Invocation {
  readonly token: string;
  readonly id: string;
  /** The address that the function sees. */
  readonly url: string;
  /** The headers that the function sees: on its way to the process a request gets others. */
  readonly headers?: readonly (readonly [string, string])[];
}

/**
 * What carries a response's `content-encoding` to the backend, since `fetch` would decode some of
 * those encodings.
 */
export const ENCODING_HEADER = "x-insforge-content-encoding";

/** How often a process with invocations says that it is alive, in milliseconds. */
export const HEARTBEAT_MS = 100;

/** The path that answers whether a process still does. */
export const PING_PATH = "/ping";

/** The path that gives the response of an invocation that wanted a WebSocket and got none, once. */
export const REFUSAL_PATH = "/refusal";

/** Whether a request wants to become a WebSocket. */
export function wantsSocket({ headers }: Request): boolean {
  return headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The variable that `Deno.openKv` takes the token of a store from. */
export const KV_TOKEN = "DENO_KV_ACCESS_TOKEN";

/** The first argument that makes this program the host of one function. */
export const HOST_MODE = "function-host";
