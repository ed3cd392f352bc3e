/** Backends that a command starts for itself, and that are gone with it. */
import { scratchPath } from "../../files/temporary_paths.ts";
import type { Context } from "../../cli/context.ts";
import { actingOn } from "./acting_on.ts";
import { openLocalBackend } from "./backend_process.ts";
import { untilGone } from "./ephemeral.ts";

/** How a backend of a command's own is started. */
interface ScratchOptions {
  /** Puts data into the folder; without it the backend is empty. */
  readonly fill?: (folder: string) => Promise<unknown>;
  /** Whether clients of PostgreSQL are answered. */
  readonly postgres?: boolean;
}

/**
 * Starts a backend in a folder of this invocation's own, lets `body` act on it, and ends it. It
 * ends by itself when this process is killed.
 */
export async function withScratchBackend<T>(
  context: Context,
  body: (scratch: Context) => Promise<T>,
  { fill, postgres = false }: ScratchOptions = {},
): Promise<T> {
  const folder = scratchPath(context.launch.token);
  const backend = openLocalBackend(context, folder);
  await fill?.(folder);
  const { url } = await backend.start({ port: 0, postgres, ephemeral: true, bound: true });
  try {
    return await body(actingOn(context, { url, apiKey: await backend.apiKey(), source: url }));
  } finally {
    await backend.stop();
    await untilGone(context, folder);
  }
}
