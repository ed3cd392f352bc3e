/** The shell on a pipe: runs a script statement by statement. */
import type { HttpClient } from "../../../client/http.ts";
import type { Context } from "../../../cli/context.ts";
import {
  type CliError,
  HttpError,
  NotFoundError,
  OperationError,
  UsageError,
} from "../../../core/errors.ts";
import { escapeJson } from "../../../terminal/escape.ts";
import { presentError, renderText } from "../../../terminal/present.ts";
import type { View } from "../../../terminal/view.ts";
import type { Statement } from "../../../shared/sql/splitter.ts";
import { runMetaCommand } from "./meta_commands.ts";
import { readScript, type ScriptCommand } from "./read_script.ts";
import { tellMessages } from "../sql_messages.ts";
import { runStatement, type ShellSettings } from "./statement_runner.ts";

/** What became of one statement or command, under `--json`. */
interface StepResult {
  readonly line: number;
  /** A command of the shell, as it was typed. */
  readonly command?: string;
  readonly rows?: unknown;
  readonly rowCount?: number | null;
  readonly error?: string;
  readonly code?: string;
}

/** What is shown of a step, and whether it ends the script. */
interface Step {
  readonly views: readonly View[];
  readonly result: StepResult;
  readonly quit?: boolean;
}

/**
 * The output of a script as it runs: results as text, or one JSON array. What failed is told on
 * stderr with its line.
 * @param stopOnError whether the first failure ends it
 * @throws {OperationError} at the end, when a statement or command failed
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
  for await (const part of readScript(open)) {
    const { views, result, quit } = await attempt(
      context,
      part,
      () =>
        "command" in part
          ? runCommand(backend, part, settings)
          : runSql(context, backend, part, settings),
    );
    if (quit) break;
    if (json) yield `${count > 0 ? "," : ""}\n  ${escapeJson(JSON.stringify(result))}`;
    else yield await renderText(views, context.terminal);
    count++;
    if (result.error === undefined) continue;
    failed++;
    if (stopOnError) break;
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

async function runSql(
  context: Context,
  backend: HttpClient,
  { text, line }: Statement,
  settings: ShellSettings,
): Promise<Step> {
  const { rows, rowCount, views, ...messages } = await runStatement(backend, text, settings);
  tellMessages(context, messages, { name: "Standard input", firstLine: line });
  return { views, result: { line, rows, rowCount } };
}

async function runCommand(
  backend: HttpClient,
  { command, line }: ScriptCommand,
  settings: ShellSettings,
): Promise<Step> {
  const { views, data, quit } = await runMetaCommand(backend, command, settings);
  return { views, quit, result: { line, command, ...data } };
}

/** Runs a step, or tells on stderr why it failed. */
async function attempt(
  context: Context,
  { line, ...part }: Statement | ScriptCommand,
  run: () => Promise<Step>,
): Promise<Step> {
  try {
    return await run();
  } catch (error) {
    // Without an answer there is no next step: what was done is not known.
    if (!isRefusal(error)) throw error;
    const { message, code } = error;
    if (!context.options.json) {
      const placed = new OperationError(`Line ${line}: ${message}`, code, {
        excerpt: error.excerpt,
        hint: error.hint,
      });
      presentError(placed, context.terminal, { json: false, debug: false });
    }
    const command = "command" in part ? part.command : undefined;
    return { views: [], result: { line, command, error: message, code } };
  }
}

function isRefusal(error: unknown): error is CliError {
  return error instanceof HttpError || error instanceof UsageError ||
    error instanceof NotFoundError;
}
