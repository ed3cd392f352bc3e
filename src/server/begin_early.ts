import { openEarly, startThreadEarly, type ThreadOptions } from "./database/started_thread.ts";
import type { EngineWish } from "./database/engine_options.ts";
import type { ServeOptions } from "./instance.ts";
import { takeDirectory } from "./take_directory.ts";

/** What is known before a server's own modules are there. */
interface EarlyOptions extends ThreadOptions {
  readonly engine: EngineWish;
  /** Sends the program that PGlite is, where another thread compiles it. */
  readonly program?: MessagePort;
  /** Whether the directory may be touched already. */
  readonly mayOpen: boolean;
}

/**
 * Begins what a server's start takes longest for, while that is still to be loaded.
 * @returns what the server goes on from
 * @throws {StartError}
 */
export async function beginEarly(
  { engine, program, mayOpen, ...options }: EarlyOptions,
): Promise<Pick<ServeOptions, "thread" | "directory">> {
  const thread = startThreadEarly(options, engine, program);
  if (!mayOpen) return { thread };
  const { dataDir } = options;
  const directory = await takeDirectory(dataDir, engine.programs?.account !== undefined);
  return { thread: thread && openEarly(thread, dataDir), directory };
}
