/** Backends that a command starts for itself, and that are gone with it. */
import { scratchPath } from "../../files/temporary_paths.ts";
import type { Context } from "../../cli/context.ts";
import { actingOn } from "./acting_on.ts";
import { openLocalBackend } from "./backend_process.ts";

/**
 * Starts an empty backend in a folder of this invocation's own, lets `body` act on it, and ends it.
 * It ends by itself when this process is killed.
 */
export async function withScratchBackend<T>(
  context: Context,
  body: (scratch: Context) => Promise<T>,
): Promise<T> {
  const backend = openLocalBackend(context, scratchPath(context.launch.token));
  const { url } = await backend.start({ port: 0, postgres: false, ephemeral: true, bound: true });
  try {
    return await body(actingOn(context, { url, apiKey: await backend.apiKey(), source: url }));
  } finally {
    await backend.stop();
  }
}
