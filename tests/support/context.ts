/** The context of an action under test: real files and HTTP, captured streams, given answers. */
import { commands } from "../../src/commands/mod.ts";
import { createContext } from "../../src/cli/process_context.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { Context, GlobalOptions } from "../../src/cli/context.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { ProvenBackend } from "../../src/invocation/local_proof.ts";
import { presentResult, type Result } from "../../src/terminal/present.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { launchIn } from "./launch.ts";

export interface TestContextOptions {
  /** The working directory. */
  readonly cwd: string;
  /** The folder of the global files; none, as where HOME is unset, when absent. */
  readonly globalFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Partial<GlobalOptions>;
  readonly stdin?: string | Uint8Array;
  readonly clock?: Partial<Clock>;
  readonly signal?: AbortSignal;
  /** The local backend that the launcher has a proof of. */
  readonly proven?: ProvenBackend;
  /** The columns of the terminal on stdout; none means a pipe. */
  readonly columns?: number;
}

export interface TestContext {
  readonly context: Context;
  /** What was written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Shows a result as the program would and answers what reached stdout. */
  show(result: Result): Promise<string>;
}

/** Builds a context whose streams are captured and whose environment is `env` alone. */
export function testContext(settings: TestContextOptions): TestContext {
  const { terminal, out, err, clear } = capturedTerminal(settings);
  const { cwd, globalFolder, proven } = settings;
  const launch = launchIn(cwd, [], { globalFolder, proven, self: [] });
  const context = createContext({
    commands,
    launch,
    parsed: settings.options ?? {},
    terminal,
    env: (name) => settings.env?.[name] || undefined,
    signal: settings.signal ?? new AbortController().signal,
    clock: { ...systemClock, ...settings.clock },
  });
  return {
    context,
    out,
    err,
    async show(result) {
      clear();
      await presentResult(result, terminal, context.options.json);
      return out();
    },
  };
}

/** A terminal that nobody sits at, whose streams are kept. */
export function capturedTerminal(
  { stdin, columns }: Pick<TestContextOptions, "stdin" | "columns"> = {},
) {
  const out: Uint8Array[] = [];
  const err: string[] = [];
  const isTerminal = columns !== undefined;
  const terminal: Terminal = {
    isInteractive: false,
    stdinIsTerminal: false,
    stdoutIsTerminal: isTerminal,
    stderrIsTerminal: false,
    isCi: false,
    colour: { stdout: false, stderr: false },
    columns: () => columns,
    errorColumns: () => undefined,
    stdoutIsFile: () => Promise.resolve(false),
    stdin: streamOf(stdin ?? ""),
    writeOut(bytes) {
      out.push(bytes.slice());
      return Promise.resolve();
    },
    writeError: (text) => void err.push(text),
  };
  return {
    terminal,
    out: () => new TextDecoder().decode(concat(out)),
    err: () => err.join(""),
    clear: () => void (out.length = 0),
  };
}

function streamOf(input: string | Uint8Array): ReadableStream<Uint8Array> {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
