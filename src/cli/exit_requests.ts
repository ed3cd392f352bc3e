/** How libraries end an invocation: prompts do, on Ctrl-C. */
import { ExitRequested } from "../core/errors.ts";

/**
 * Has `Deno.exit` end the invocation with that code: by itself it ends the thread or the process,
 * before what was said is on its way, and a worker's with status 0.
 */
export function catchExits(): void {
  Deno.exit = (code = 0): never => {
    throw new ExitRequested(code);
  };
}
