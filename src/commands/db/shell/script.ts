/** The shell on a pipe: runs a script statement by statement. */
import type { HttpClient } from "../../../client/http.ts";
import type { Context } from "../../../cli/context.ts";
import { HttpError, OperationError } from "../../../core/errors.ts";
import { escapeJson } from "../../../terminal/escape.ts";
import { presentError, renderText } from "../../../terminal/present.ts";
import type { Statement } from "../../../shared/sql/splitter.ts";
import { readStatements } from "../../../shared/sql/read_text.ts";
import { runStatement, type ShellSettings } from "./statement_runner.ts";

/** What became of one statement, under `--json`. */
interface StatementResult {
  readonly line: number;
  readonly rows?: unknown;
  readonly rowCount?: number | null;
  readonly error?: string;
  readonly code?: string;
}

/**
 * The output of a script as it runs: results as text, or one JSON array. A failed statement is told
 * on stderr with its line.
 * @param stopOnError whether the first failure ends it
 * @throws {OperationError} at the end, when a statement failed
 */
export async function* runScript(
  context: Context,
  backend: HttpClient,
  settings: ShellSettings,
  stopOnError: boolean,
): AsyncGenerator<string> {
  const { json } = context.options;
  let count = 0;
  let failed = 0;
  const open = () =>
    Promise.resolve(context.terminal.stdin as ReadableStream<Uint8Array<ArrayBuffer>>);
  if (json) yield "[";
  script: for await (const statements of readStatements(open, "Standard input")) {
    for (const statement of statements) {
      const { shown, result } = await run(context, backend, statement, settings);
      if (json) yield `${count > 0 ? "," : ""}\n  ${escapeJson(JSON.stringify(result))}`;
      else yield shown;
      count++;
      if (result.error === undefined) continue;
      failed++;
      if (stopOnError) break script;
    }
  }
  if (json) yield count > 0 ? "\n]\n" : "]\n";
  if (failed > 0) {
    throw new OperationError(
      stopOnError
        ? `The script stopped: statement ${count} failed.`
        : `${failed} of ${count} statements failed.`,
      "SCRIPT_FAILED",
      {
        hint: stopOnError
          ? "Its error stands in the output above."
          : "With --stop-on-error the first failure ends a script.",
      },
    );
  }
}

async function run(
  context: Context,
  backend: HttpClient,
  { text, line }: Statement,
  settings: ShellSettings,
): Promise<{ shown: string; result: StatementResult }> {
  try {
    const { rows, rowCount, views } = await runStatement(backend, text, settings);
    return {
      shown: await renderText(views, context.terminal),
      result: { line, rows, rowCount },
    };
  } catch (error) {
    // Without an answer there is no next statement: what was done is not known.
    if (!(error instanceof HttpError)) throw error;
    const { message, code } = error;
    if (!context.options.json) {
      const placed = new OperationError(`Line ${line}: ${message}`, code, {
        excerpt: error.excerpt,
        hint: error.hint,
      });
      presentError(placed, context.terminal, { json: false, debug: false });
    }
    return { shown: "", result: { line, error: message, code } };
  }
}
