/**
 * What a function's process says, line by line: that it is ready, alive, has failed, and its log.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { LogLevel } from "../logs/log_file.ts";
import type { ProcessMessage } from "./protocol.ts";

/** The id of the invocation that runs. */
export const currentInvocation = new AsyncLocalStorage<string>();

// A function does not have these.
const { stdout } = Deno;
const encoder = new TextEncoder();

/** Writes at once, so that nothing is lost should the next statement be the last. */
export function tell(message: ProcessMessage): void {
  const bytes = encoder.encode(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < bytes.length;) sent += stdout.writeSync(bytes.subarray(sent));
}

/** Writes to the function's log, under the invocation that runs. */
export function log(level: LogLevel, message: string): void {
  tell({ level, message, invocation: currentInvocation.getStore() });
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const FRAME_OF_RUNTIME =
  /^\s+at .*(function_worker\.|server\/functions\/(?:confine|report)\.|\(ext:|at ext:)/;

/** The stack as far as it is the function's own. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = (error.stack ?? error.message).split("\n");
  return lines.filter((line) => !FRAME_OF_RUNTIME.test(line)).join("\n");
}
