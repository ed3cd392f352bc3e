/** Reads a script as it comes: its statements, and the shell's own commands between them. */
import { type OpenFile, readText } from "../../../shared/sql/read_text.ts";
import { type Statement, StatementSplitter } from "../../../shared/sql/splitter.ts";
import { commandOf } from "./meta_commands.ts";

/** A command of the shell, which has a line of its own. */
export interface ScriptCommand {
  readonly command: string;
  /** One-based. */
  readonly line: number;
}

/** A whole line that may be a command, with the end of the line before it. */
const CANDIDATE = /(^|\n)([ \t]*(?:\\[^\n]*|(?:exit|quit|help)[ \t]*;?[ \t]*\r?))(?=\n)/gi;
/** What may become one when the rest of the line has come. */
const BEGINNING = /(?:^|\n)([ \t]*(?:\\[^\n]{0,1000}|[ehqitpul]{0,4}[ \t]*;?[ \t]*\r?))$/i;

/** @throws {FileError} for what is no UTF-8 text */
export async function* readScript(open: OpenFile): AsyncGenerator<Statement | ScriptCommand> {
  let splitter = new StatementSplitter();
  let line = 1;
  let held = "";
  let isWithinLine = false;

  function* push(text: string): Generator<Statement> {
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) line++;
    if (text !== "") yield* splitter.push(text);
  }

  function* lineOfItsOwn(text: string): Generator<Statement | ScriptCommand> {
    const command = commandOf(text, splitter);
    if (command === undefined) return yield* push(text);
    if (command === "\\r") splitter = new StatementSplitter(line);
    yield { command, line };
  }

  for await (const piece of readText(open, "Standard input")) {
    const text = held + piece;
    let from = 0;
    for (const { index, 1: end, 2: own } of text.matchAll(CANDIDATE)) {
      if (end === "" && isWithinLine) continue;
      const start = index + end!.length;
      yield* push(text.slice(from, start));
      yield* lineOfItsOwn(own!);
      from = start + own!.length;
    }
    const rest = text.slice(from);
    const [whole, beginning = ""] = BEGINNING.exec(rest) ?? [];
    const isAtStart = whole !== undefined &&
      (whole.length > beginning.length || (from === 0 && !isWithinLine));
    held = isAtStart ? beginning : "";
    const taken = rest.slice(0, rest.length - held.length);
    yield* push(taken);
    if (text !== "") isWithinLine = held === "" && !text.endsWith("\n");
  }
  if (held !== "") yield* lineOfItsOwn(held);
  yield* splitter.end();
}
