/** The three standard streams and what is known of them. */

import { reason } from "../files/reason.ts";
import { FileError } from "../core/errors.ts";
import { type Pager, systemPager } from "./pager.ts";

/** The streams that a command's results, notes and questions go through. */
export interface Terminal {
  /** Whether a person can be asked: stdin and stdout are both terminals, and nothing says CI. */
  readonly isInteractive: boolean;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly isCi: boolean;
  readonly colour: { readonly stdout: boolean; readonly stderr: boolean };
  /**
   * The columns of the terminal behind stdout (80 where it tells none); none for a pipe or file.
   */
  columns(): number | undefined;
  /** The same of the terminal behind stderr, where progress shows. */
  errorColumns(): number | undefined;
  /** Whether stdout is a file; what goes to a pipe may come to the terminal that stderr is. */
  stdoutIsFile(): Promise<boolean>;
  /** Shows long texts where a person reads; absent where nobody does. */
  readonly pager?: Pager;
  readonly stdin: ReadableStream<Uint8Array>;
  /**
   * Writes all bytes.
   * @throws {Deno.errors.BrokenPipe} when the reader has gone
   * @throws {FileError}
   */
  writeOut(bytes: Uint8Array): Promise<void>;
  writeError(text: string): void;
}

const USUAL_COLUMNS = 80;

/** The terminal of this process. */
export function processTerminal(env: (name: string) => string | undefined): Terminal {
  const stdinIsTerminal = Deno.stdin.isTerminal();
  const stdoutIsTerminal = Deno.stdout.isTerminal();
  const stderrIsTerminal = Deno.stderr.isTerminal();
  const plain = Boolean(env("NO_COLOR")) || env("TERM") === "dumb";
  const isCi = Boolean(env("CI")) && env("CI") !== "false";
  const isInteractive = stdinIsTerminal && stdoutIsTerminal && !isCi;
  const encoder = new TextEncoder();
  return {
    isInteractive,
    stdinIsTerminal,
    stdoutIsTerminal,
    stderrIsTerminal,
    isCi,
    colour: { stdout: stdoutIsTerminal && !plain, stderr: stderrIsTerminal && !plain },
    columns: () => stdoutIsTerminal ? consoleColumns() : undefined,
    errorColumns: () => stderrIsTerminal ? consoleColumns() : undefined,
    async stdoutIsFile() {
      const { fstatSync } = await import("node:fs");
      return fstatSync(1).isFile();
    },
    pager: isInteractive && env("TERM") !== "dumb" ? systemPager(env) : undefined,
    get stdin() {
      return Deno.stdin.readable;
    },
    async writeOut(bytes) {
      try {
        for (let sent = 0; sent < bytes.length;) {
          sent += await Deno.stdout.write(bytes.subarray(sent));
        }
      } catch (error) {
        if (error instanceof Deno.errors.BrokenPipe) throw error;
        throw new FileError(`Cannot write to standard output: ${reason(error)}.`, { cause: error });
      }
    },
    writeError(text) {
      const bytes = encoder.encode(text);
      try {
        for (let sent = 0; sent < bytes.length;) {
          sent += Deno.stderr.writeSync(bytes.subarray(sent));
        }
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    },
  };
}

function consoleColumns(): number {
  try {
    return Deno.consoleSize().columns || USUAL_COLUMNS;
  } catch {
    return USUAL_COLUMNS;
  }
}
