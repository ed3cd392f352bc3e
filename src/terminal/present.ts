/** The one place that decides how a result or an error is shown. */
import { type CliError, sentence } from "../core/errors.ts";
import { escapeControl, escapeJson, escapeLine, escapeStream } from "./escape.ts";
import { type Style, styleFor } from "./style.ts";
import { cellText, fitsIn, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import type { View } from "./view.ts";
import { pad, widthOf, wrapLong } from "./width.ts";

/** Characters of an error's sentence on a terminal; JSON has it whole. */
const LONGEST_MESSAGE = 4_000;

/** What an action answers. */
export interface Result {
  /** The document of `--json`. */
  readonly data?: unknown;
  /** What people see, in order. */
  readonly view?: View | readonly View[];
  /**
   * Bytes that go to stdout as they come, whatever the mode: a dump, a download, a log. On a
   * terminal their control characters are made visible, unless `styled` says that they are text for
   * people.
   */
  readonly stream?: ReadableStream<Uint8Array>;
  /** Whether the stream has its own colours, and data in it is escaped. */
  readonly styled?: boolean;
  /** The exit code of a result that is shown and yet not a success. */
  readonly exitCode?: number;
  /** Whether what does not fit the screen is shown in the user's pager. */
  readonly paged?: boolean;
}

/** Writes a result to stdout: one JSON document, or its views. */
export async function presentResult(
  result: Result,
  terminal: Terminal,
  json: boolean,
): Promise<void> {
  if (result.stream) {
    const isPlain = !terminal.stdoutIsTerminal || result.styled;
    const stream = isPlain ? result.stream : escapeStream(result.stream);
    for await (const chunk of stream) await terminal.writeOut(chunk);
    return;
  }
  const text = json
    ? escapeJson(JSON.stringify(result.data ?? null, null, 2)) + "\n"
    : await renderText(viewsOf(result), terminal);
  if (!json && result.paged && await terminal.pager?.show(text)) return;
  await terminal.writeOut(new TextEncoder().encode(text));
}

/** The text of views as this terminal shows them. */
export async function renderText(views: readonly View[], terminal: Terminal): Promise<string> {
  return await renderViews(views, styleFor(terminal.colour.stdout), terminal);
}

/** Writes an error to stderr: a sentence and a hint, or one line of JSON. */
export function presentError(
  error: CliError,
  terminal: Terminal,
  options: { json: boolean; debug: boolean },
): void {
  if (options.json) {
    const { message, code, hint, facts } = error;
    terminal.writeError(
      escapeJson(JSON.stringify({ error: message, code, hint, ...facts })) + "\n",
    );
  } else {
    const style = styleFor(terminal.colour.stderr);
    // Servers often leave the end of a sentence out.
    const message = sentence(shortened(escapeControl(error.message)));
    const columns = terminal.columns();
    terminal.writeError(`${wrapLong(`${style.bad("Error:")} ${message}`, columns)}\n`);
    if (error.excerpt) terminal.writeError(`${escapeControl(error.excerpt)}\n`);
    if (error.hint) {
      const hint = wrapLong(escapeControl(error.hint), columns);
      terminal.writeError(`${style.dim(hint)}\n`);
    }
  }
  if (options.debug) terminal.writeError(`${escapeControl(traceOf(error))}\n`);
}

/** What was given may be in the message, and be as long as a file. */
function shortened(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  const half = LONGEST_MESSAGE / 2;
  return `${message.slice(0, half).toWellFormed()} … ${message.slice(-half).toWellFormed()}`;
}

function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${traceOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}

function viewsOf(result: Result): readonly View[] {
  if (!result.view) return [];
  return Array.isArray(result.view) ? result.view : [result.view as View];
}

async function renderViews(
  views: readonly View[],
  style: Style,
  terminal: Terminal,
): Promise<string> {
  let text = "";
  for (const view of views) text += await renderView(view, style, terminal);
  return text;
}

function renderView(
  view: View,
  style: Style,
  terminal: Terminal,
): string | Promise<string> {
  const columns = terminal.columns();
  switch (view.kind) {
    case "styled":
      return view.text;
    case "raw":
      return terminal.stdoutIsTerminal ? escapeControl(view.text) : view.text;
    case "text": {
      const mark = view.tone === "success" ? 2 : 0;
      const text = wrapLong(escapeControl(view.text), columns && columns - mark);
      if (view.tone === "success") return `${style.good("✓")} ${sentence(text)}\n`;
      return view.tone === "heading" ? `\n${style.bold(text)}\n` : `${text}\n`;
    }
    case "facts": {
      const labels = view.facts.map(([label]) => escapeLine(label));
      const width = labels.reduce((most, label) => Math.max(most, widthOf(label)), 0) + 1;
      return view.facts.map(([, value], index) =>
        `${style.dim(pad(`${labels[index]}:`, width))} ${cellText(value)}\n`
      ).join("");
    }
    case "markdown":
      return columns === undefined
        ? view.text.replace(/\n?$/, "\n")
        : import("./markdown.ts").then((it) => it.renderMarkdown(view.text, style, columns));
    case "table":
      if (view.rows.length === 0) return `${escapeControl(view.empty)}\n`;
      if (view.narrow && columns !== undefined && !fitsIn(view, columns)) {
        return renderViews(view.narrow, style, terminal);
      }
      return renderTable(view, style, columns).map((line) => `${line}\n`).join("");
  }
}
