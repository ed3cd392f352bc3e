/** How many errors the newest lines of the logs have. */
import { type LogEntry, readLog } from "../../client/backend/logs.ts";
import type { HttpClient } from "../../client/http.ts";
import { HttpError } from "../../core/errors.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { table, text } from "../../terminal/view.ts";
import { logNamed, LOGS } from "../logs/names.ts";
import type { Part } from "./part.ts";

/** Errors of each log that are shown. */
const SHOWN = 5;

/**
 * Reads the newest lines of one log or of all. A log that the backend does not have is left out.
 * @throws {UsageError} for the name of none
 */
export async function lookAtLogs(
  backend: HttpClient,
  source: string | undefined,
  limit: number,
  terminal: Terminal,
): Promise<Part> {
  const sources = [];
  for (const name of source === undefined ? LOGS : [logNamed(source, LOGS)]) {
    const logs = await linesOf(backend, name, limit, source !== undefined);
    if (!logs) continue;
    const errors = logs.filter(isError).map(({ timestamp, eventMessage }) => ({
      timestamp,
      message: eventMessage ?? "",
    }));
    sources.push({ source: name, total: logs.length, errors });
  }
  const newest = sources.flatMap(({ source, errors }) =>
    errors.slice(-SHOWN).map(({ timestamp, message }) => [
      source,
      formatDate(timestamp, terminal),
      message,
    ])
  );
  return {
    data: { sources },
    view: [
      table(
        ["Log", "Lines", "Errors"],
        sources.map(({ source, total, errors }) => [source, total, errors.length]),
        "The backend has no logs.",
      ),
      ...newest.length > 0
        ? [text("The newest errors:"), table(["Log", "Time", "Message"], newest, "")]
        : [],
    ],
  };
}

async function linesOf(
  backend: HttpClient,
  name: string,
  limit: number,
  isNamed: boolean,
): Promise<readonly LogEntry[] | undefined> {
  try {
    return (await readLog(backend, name, { limit })).logs;
  } catch (error) {
    if (!isNamed && error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}

function isError({ eventMessage, body }: LogEntry): boolean {
  return body?.level === "error" || /\b(error|fatal|panic)\b/i.test(eventMessage ?? "");
}
