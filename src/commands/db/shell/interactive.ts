/** The shell on a terminal. */
import type { HttpClient } from "../../../client/http.ts";
import type { Context } from "../../../cli/context.ts";
import { CliError } from "../../../core/errors.ts";
import { presentError, renderText } from "../../../terminal/present.ts";
import { text, type View } from "../../../terminal/view.ts";
import { StatementSplitter } from "../../../shared/sql/splitter.ts";
import { completer } from "./completion.ts";
import { readHistory, writeHistory } from "./history.ts";
import { editLines, type LineEditor } from "./line_editor.ts";
import { runMetaCommand } from "./meta_commands.ts";
import { runStatement, type ShellSettings } from "./statement_runner.ts";

const PROMPT = "sql> ";
const CONTINUED = "...> ";

/** Reads statements until `\q` or Ctrl-D; Ctrl-C forgets the statement that was begun. */
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
    if (line.trimStart().startsWith("\\") && (!splitter.isPending || line.trim() === "\\r")) {
      splitter = new StatementSplitter();
      const outcome = await attempt(context, editor, () => runMetaCommand(backend, line, settings));
      if (outcome?.quit) break;
      continue;
    }
    for (const statement of splitter.push(`${line}\n`)) {
      const run = () => runStatement(backend, statement.text, settings);
      if (!await attempt(context, editor, run)) break;
    }
    // A line's end is no part of a statement that is still to come.
    if (!splitter.hasStatement) splitter = new StatementSplitter();
  }
  await writeHistory(context.launch, editor.history);
}

/** Shows what comes of it; undefined when it failed, or nobody waits for it any more. */
async function attempt<T extends { readonly views: readonly View[] }>(
  context: Context,
  editor: LineEditor,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    const outcome = await Promise.race([work(), editor.interrupted()]);
    if (!outcome) {
      await show(context, editor, [text("No longer waiting. The backend may still finish it.")]);
      return undefined;
    }
    await show(context, editor, outcome.views);
    return outcome;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    await showError(context, editor, error);
    return undefined;
  }
}

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
