/**
 * Streams that have to be read twice, or whose size has to be known: kept in a temporary file
 * meanwhile.
 */
import { reason } from "./reason.ts";
import { CliError, FileError } from "../core/errors.ts";
import { placeOf, type TypedPaths } from "./typed_path.ts";
import { keptInputPath } from "./temporary_paths.ts";

/** The file that holds a stream. */
export interface KeptInput extends AsyncDisposable {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Where input comes from, and how a person is told that it is awaited. */
interface Inputs {
  readonly launch: TypedPaths & { readonly token: string };
  readonly terminal: {
    readonly stdin: ReadableStream<Uint8Array>;
    readonly stdinIsTerminal: boolean;
  };
  note(message: string): void;
}

/**
 * Reads standard input (`-`), or another stream such as a named pipe, into a file that is removed
 * at the end.
 */
export async function keepInput(
  { launch, terminal, note }: Inputs,
  source: string,
): Promise<KeptInput> {
  const isStdin = source === "-";
  if (isStdin && terminal.stdinIsTerminal) note("Reading standard input; end it with Ctrl-D.");
  const path = placeOf(launch, keptInputPath(launch.token));
  const remove = () => Deno.remove(path);
  const cannotKeep = (error: unknown) =>
    new FileError(
      `Cannot keep ${isStdin ? "standard input" : source} in ${path}: ${reason(error)}.`,
      { hint: "Set TMPDIR to a folder that is there and has room.", cause: error },
    );
  // Made anew, so that nobody's link in the folder is followed.
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 }).catch(
    (error) => {
      throw cannotKeep(error);
    },
  );
  try {
    const input = isStdin ? terminal.stdin : (await Deno.open(placeOf(launch, source))).readable;
    await input.pipeTo(file.writable).catch((error) => {
      throw error instanceof CliError ? error : cannotKeep(error);
    });
    return { path, size: (await Deno.stat(path)).size, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
