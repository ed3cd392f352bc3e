/** Runs the statements of a shell and says what came of them. */
import { rawSql } from "../../../client/backend/database.ts";
import type { HttpClient } from "../../../client/http.ts";
import { withHexBytes } from "../hex_bytes.ts";
import { queryView } from "../query_view.ts";
import type { SqlMessages } from "../sql_messages.ts";
import { text, type View } from "../../../terminal/view.ts";

/** What `\timing`, `\x` and the options of the command decide. */
export interface ShellSettings {
  timing: boolean;
  expanded: boolean;
  readonly unrestricted: boolean;
}

/** What one statement came to. */
export interface Outcome extends SqlMessages {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly rowCount: number | null;
  readonly views: readonly View[];
}

/**
 * Runs one statement, in a transaction of its own.
 * @throws {HttpError} with the place of the error marked
 */
export async function runStatement(
  backend: HttpClient,
  sql: string,
  { timing, expanded, unrestricted }: ShellSettings,
): Promise<Outcome> {
  const started = performance.now();
  const settings = { unrestricted, exact: true, allResults: true };
  const { warnings, notices, ...answer } = await rawSql(backend, sql, settings);
  const result = withHexBytes(answer);
  const milliseconds = performance.now() - started;
  const views = queryView(result, expanded);
  return {
    rows: result.rows,
    rowCount: result.rowCount ?? null,
    warnings,
    notices,
    views: timing ? [...views, text(`Time: ${milliseconds.toFixed(1)} ms`)] : views,
  };
}
