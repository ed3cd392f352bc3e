/** Streams that have to be read twice, or whose size has to be known: kept in a temporary file meanwhile. */
import { resolve } from "@std/path";
import type { Context } from "./context.ts";
import { keptInputPath } from "./grants.ts";

/** The file that holds a stream. */
export interface KeptInput extends AsyncDisposable {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Reads standard input (`-`), or another stream such as a named pipe, into a file that is removed at the end. */
export async function keepInput(
  { session, terminal, note }: Context,
  source: string,
): Promise<KeptInput> {
  const isStdin = source === "-";
  if (isStdin && terminal.stdinIsTerminal) note("Reading standard input; end it with Ctrl-D.");
  const path = keptInputPath();
  const remove = () => Deno.remove(path);
  // Made anew, so that nobody's link in the folder is followed.
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  try {
    const input = isStdin
      ? terminal.stdin
      : (await Deno.open(resolve(session.cwd, source))).readable;
    await input.pipeTo(file.writable);
    return { path, size: (await Deno.stat(path)).size, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
