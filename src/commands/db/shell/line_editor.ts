/** Lines that a person types: with history, completion, and Ctrl-C that forgets the line. */
import { createInterface } from "node:readline";
import { PassThrough, Writable } from "node:stream";
import type { Terminal } from "../../../terminal/terminal.ts";

/** What was typed: a line, Ctrl-C, or the end of input. */
export type Typed = { readonly line: string } | "interrupt" | "end";

export interface LineEditor extends Disposable {
  /** Shows the prompt and waits for what is typed next. */
  next(prompt: string): Promise<Typed>;
  /** Shows text after everything that was typed and shown before. */
  write(text: string): Promise<void>;
  /** Resolves at Ctrl-C while no line is being typed. */
  interrupted(): Promise<void>;
  /** The lines so far, newest first. */
  readonly history: readonly string[];
}

/** Takes over the terminal until it is disposed of. */
export function editLines(
  terminal: Terminal,
  history: readonly string[],
  complete: (line: string) => Promise<[string[], string]>,
): LineEditor {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const reader = terminal.stdin.getReader();
  const reading = (async () => {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      input.write(chunk.value);
    }
    input.end();
  })();
  reading.catch(() => input.end());
  const output = Object.assign(
    new Writable({
      write(chunk: Uint8Array, _encoding, done) {
        terminal.writeOut(new Uint8Array(chunk)).then(() => done(), done);
      },
    }),
    { isTTY: true, columns: terminal.columns() ?? 80 },
  );
  Deno.stdin.setRaw(true);
  const editor = createInterface({
    input,
    output,
    terminal: true,
    history: [...history],
    historySize: 1_000,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
      complete(line).then((found) => done(null, found), () => done(null, [[], line]));
    },
  });
  let lines = [...history];
  const typed: Typed[] = [];
  let wake = Promise.withResolvers<void>();
  let isWaiting = false;
  let interrupt = Promise.withResolvers<void>();
  const put = (what: Typed) => {
    typed.push(what);
    wake.resolve();
  };
  editor.on("line", (line: string) => put({ line }));
  editor.on("close", () => put("end"));
  editor.on("history", (changed: string[]) => lines = [...changed]);
  editor.on("SIGINT", () => {
    if (!isWaiting) return interrupt.resolve();
    editor.write(null, { ctrl: true, name: "e" });
    editor.write(null, { ctrl: true, name: "u" });
    put("interrupt");
  });
  return {
    async next(prompt) {
      isWaiting = true;
      output.columns = terminal.columns() ?? 80;
      editor.setPrompt(prompt);
      if (typed.length === 0) {
        editor.prompt();
        wake = Promise.withResolvers();
        await wake.promise;
      }
      isWaiting = false;
      return typed.shift()!;
    },
    write(text) {
      // In raw mode a line feed alone does not go back to the first column.
      const { promise, resolve } = Promise.withResolvers<void>();
      output.write(text.replaceAll("\n", "\r\n"), () => resolve());
      return promise;
    },
    async interrupted() {
      interrupt = Promise.withResolvers();
      await interrupt.promise;
    },
    get history() {
      return lines;
    },
    [Symbol.dispose]() {
      editor.close();
      reader.cancel().catch(() => {});
      Deno.stdin.setRaw(false);
    },
  };
}
