/** The shell on a terminal. */
import type { HttpClient } from "../../../client/http.ts";
import { newerWarning } from "../../../client/backend/newer_syntax.ts";
import { noticeText } from "../../../client/backend/notices.ts";
import type { Context } from "../../../cli/context.ts";
import { CliError } from "../../../core/errors.ts";
import { presentError, renderText } from "../../../terminal/present.ts";
import { text, type View } from "../../../terminal/view.ts";
import { StatementSplitter } from "../../../shared/sql/splitter.ts";
import { completer } from "./completion.ts";
import { readHistory, writeHistory } from "./history.ts";
import { editLines, type LineEditor } from "./line_editor.ts";
import { commandOf, runMetaCommand, wordOf } from "./meta_commands.ts";
import { runStatement, type ShellSettings } from "./statement_runner.ts";

const PROMPT = "sql> ";
const CONTINUED = "...> ";

/**
 * Reads statements until `\q` or Ctrl-D; Ctrl-C forgets the statement that was begun, and cancels
 * the one that runs.
 */
export async function runInteractive(
  context: Context,
  backend: HttpClient,
  settings: ShellSettings,
): Promise<void> {
  using editor = editLines(
    context.terminal,
    await readHistory(context.launch),
    completer(backend),
  );
  await show(context, editor, [text(`Connected to ${backend.baseUrl}. \\? shows help, \\q ends.`)]);
  let splitter = new StatementSplitter();
  while (true) {
    const typed = await editor.next(splitter.isPending ? CONTINUED : PROMPT);
    if (typed === "end") break;
    if (typed === "interrupt") {
      splitter = new StatementSplitter();
      continue;
    }
    const { line } = typed;
    const command = commandOf(line, splitter);
    if (command !== undefined) {
      if (command === "\\r") splitter = new StatementSplitter();
      const run = (client: HttpClient) => runMetaCommand(client, command, settings);
      const outcome = await attempt(context, editor, backend, run);
      if (outcome?.quit) break;
      continue;
    }
    for (const statement of splitter.push(`${line}\n`)) {
      const run = (client: HttpClient) => runWithMessages(client, statement.text, settings);
      if (!await attempt(context, editor, backend, run)) break;
    }
    if (wordOf(line) && splitter.isPending) {
      await show(context, editor, [text(wayOut(splitter.isInside))]);
    }
    // A line's end is no part of a statement that is still to come.
    if (!splitter.hasStatement) splitter = new StatementSplitter();
  }
  await writeHistory(context.launch, editor.history);
}

/** With what is told beside the result: there is one place for both. */
async function runWithMessages(client: HttpClient, sql: string, settings: ShellSettings) {
  const { views, warnings = [], notices = [] } = await runStatement(client, sql, settings);
  const told = [
    ...notices.map(noticeText),
    ...warnings.map((warning) => `Warning: ${newerWarning(warning)}`),
  ];
  return { views: [...told.map((line) => text(line)), ...views] };
}

/** What is said to who may want to leave, and has typed a part of a statement. */
function wayOut(isInside: boolean): string {
  return isInside
    ? "This is within quotes or a comment: Ctrl-C forgets it, Ctrl-D ends the shell."
    : "A statement was begun: \\r or Ctrl-C forgets it, \\q ends the shell.";
}

/**
 * Shows what comes of it; undefined when it failed, or was cancelled: a request that ends makes the
 * local backend cancel its statement.
 */
async function attempt<T extends { readonly views: readonly View[]; readonly quit?: boolean }>(
  context: Context,
  editor: LineEditor,
  backend: HttpClient,
  work: (client: HttpClient) => Promise<T>,
): Promise<T | undefined> {
  const end = new AbortController();
  using progress = context.progress("Running");
  try {
    const working = work(backend.endedBy(end.signal));
    const outcome = await Promise.race([working, editor.interrupted()]);
    progress.stop();
    if (!outcome) {
      working.catch(() => {});
      end.abort();
      await show(context, editor, [text(CANCELLED)]);
      return undefined;
    }
    await show(context, editor, outcome.views);
    return outcome;
  } catch (error) {
    progress.stop();
    if (!(error instanceof CliError)) throw error;
    await showError(context, editor, error);
    return undefined;
  }
}

const CANCELLED = "Cancelled. A backend elsewhere may still finish what it had begun.";

async function show(context: Context, editor: LineEditor, views: readonly View[]): Promise<void> {
  await editor.write(await renderText(views, context.terminal));
}

async function showError(
  { terminal }: Context,
  editor: LineEditor,
  error: CliError,
): Promise<void> {
  let shown = "";
  const writeError = { value: (text: string) => void (shown += text) };
  presentError(error, Object.create(terminal, { writeError }), { json: false, debug: false });
  await editor.write(shown);
}
