import { Command } from "@cliffy/command";
import { type LogEntry, readDeployLog, readLog } from "../../client/backend/logs.ts";
import type { HttpClient } from "../../client/http.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { logNamed, LOGS } from "./names.ts";
import { follow, readSince, timeOf } from "./reader.ts";
import { formatDate } from "../../terminal/dates.ts";
import { escapeControl, escapeJson } from "../../terminal/escape.ts";
import type { Result } from "../../terminal/present.ts";
import { type Style, styleFor } from "../../terminal/style.ts";
import { styled, text } from "../../terminal/view.ts";

/** The options of every command that shows a log. */
export interface LogOptions {
  limit?: number;
  since?: string;
  grep?: string;
  follow?: boolean;
}

const DEPLOY_LOG = "function-deploy.logs";
const USUAL_LIMIT = 20;

/** The options of {@link LogOptions}. */
export const LIMIT = [
  "--limit <count:integer>",
  `How many lines (default: ${USUAL_LIMIT}).`,
] as const;
export const SINCE = [
  "--since <time:string>",
  "Lines of the last 30s, 10m, 2h or 1d, or since a date.",
] as const;
export const GREP = ["--grep <pattern:string>", "Only lines that match, in any case."] as const;
export const FOLLOW = ["--follow", "Go on with new lines until Ctrl-C."] as const;

/** `insforge logs`: what the backend, its database and its functions wrote. */
export const logs = (run: Run) =>
  new Command()
    .arguments("<source:string>")
    .option(...LIMIT)
    .option(...SINCE)
    .option(...GREP)
    .option(...FOLLOW)
    .example("What functions wrote", "insforge logs function.logs")
    .example("Watch for errors", "insforge logs postgres.logs --follow --grep error")
    .example("Requests of the last minutes", "insforge logs insforge.logs --since 10m")
    .example("Requests for rows", "insforge logs postgREST.logs")
    .example("What came of the last deployment", "insforge logs function-deploy.logs")
    .action(run(runLogs));

/** Shows the newest lines, the newest last. @throws {UsageError} before any request */
async function runLogs(context: Context, options: LogOptions, name: string): Promise<Result> {
  const source = logNamed(name, [...LOGS, DEPLOY_LOG]);
  if (source === DEPLOY_LOG) return await showDeployLog(context, options);
  return await showLog(context, source, options);
}

/**
 * The newest lines of a log, or those that the options name.
 * @param isOfInterest leaves out others before they are counted
 * @throws {UsageError} before any request
 */
export async function showLog(
  context: Context,
  source: string,
  options: LogOptions,
  isOfInterest?: (entry: LogEntry) => boolean,
): Promise<Result> {
  checkLimit(options);
  const matches = matcher(options.grep);
  const isWanted = (entry: LogEntry) => (isOfInterest?.(entry) ?? true) && matches(entry);
  const since = options.since === undefined ? undefined : timeBefore(options.since, context);
  const backend = await context.backend();
  using progress = context.progress(`Reading ${source}`);
  const seen = await newest(
    backend,
    source,
    { limit: options.limit, since },
    isOfInterest || options.grep !== undefined ? isWanted : undefined,
  );
  progress.stop();
  const entries = seen.slice(-(options.limit ?? (since ? Infinity : USUAL_LIMIT)));
  if (options.follow) {
    const lines = follow(backend, source, { seen, since }, context);
    return { stream: streamOf(context, entries, lines, isWanted), styled: true };
  }
  const style = styleFor(context.terminal.colour.stdout);
  return {
    data: { logs: entries, total: entries.length },
    view: entries.length === 0
      ? text(`${source} has no such lines.`)
      : styled(entries.map((entry) => lineOf(entry, context, style)).join("")),
  };
}

/** The lines to begin with: all since a time, all that match, or the newest. */
async function newest(
  backend: HttpClient,
  source: string,
  { limit = USUAL_LIMIT, since }: { readonly limit?: number; readonly since?: Date },
  isWanted?: (entry: LogEntry) => boolean,
): Promise<readonly LogEntry[]> {
  // A line that matches may be far back: the whole log is looked through.
  if (since || isWanted) return await readSince(backend, source, since ?? new Date(0), isWanted);
  const { logs } = await readLog(backend, source, { limit });
  return logs.toSorted((a, b) => timeOf(a) - timeOf(b));
}

/** The lines so far, then new ones; Ctrl-C ends it as it should. */
function streamOf(
  context: Context,
  entries: readonly LogEntry[],
  more: AsyncIterable<LogEntry>,
  isWanted: (entry: LogEntry) => boolean,
): ReadableStream<Uint8Array> {
  const style = styleFor(context.terminal.colour.stdout);
  const encoder = new TextEncoder();
  const show = (entry: LogEntry) =>
    encoder.encode(
      context.options.json
        ? `${escapeJson(JSON.stringify(entry))}\n`
        : lineOf(entry, context, style),
    );
  async function* lines() {
    for (const entry of entries) yield show(entry);
    try {
      for await (const entry of more) {
        if (isWanted(entry)) yield show(entry);
      }
    } catch (error) {
      if (!context.signal.aborted) throw error;
    }
  }
  return ReadableStream.from(lines());
}

async function showDeployLog(context: Context, options: LogOptions): Promise<Result> {
  const { follow, grep, limit = Infinity } = options;
  checkLimit(options);
  const isWanted = matcher(grep);
  if (follow) throw new UsageError(`${DEPLOY_LOG} cannot be followed.`);
  const log = await readDeployLog(await context.backend());
  const style = styleFor(context.terminal.colour.stdout);
  const lines = (log?.logs ?? []).map(({ level, message }) => ({
    timestamp: log.createdAt,
    eventMessage: message,
    body: { level },
  })).filter(isWanted).slice(-limit);
  return { data: log, view: styled(lines.map((line) => lineOf(line, context, style)).join("")) };
}

function checkLimit({ limit }: LogOptions): void {
  if (limit !== undefined && limit < 1) throw new UsageError("--limit must be at least 1.");
}

function matcher(pattern: string | undefined): (entry: LogEntry) => boolean {
  if (pattern === undefined) return () => true;
  try {
    const expression = new RegExp(pattern, "i");
    // One that is too large is refused at its first use.
    expression.test("");
    return (entry) => expression.test(messageOf(entry));
  } catch (error) {
    throw new UsageError(
      `--grep is no regular expression: ${(error as Error).message.slice(-200)}.`,
      {
        hint: "Put a backslash before characters such as ( and [.",
      },
    );
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function timeBefore(text: string, { clock }: Context): Date {
  const [, count, unit] = /^(\d+)\s*([smhd])$/i.exec(text.trim()) ?? [];
  if (count && unit) {
    return new Date(clock.now().getTime() - Number(count) * UNITS[unit.toLowerCase()]! * 1000);
  }
  const date = new Date(text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new UsageError(`--since is no time: ${JSON.stringify(text)}.`, {
    hint: "Use 30s, 10m, 2h or 1d, or a date such as 2026-01-31T12:00:00Z.",
  });
}

function messageOf({ eventMessage, body, ...others }: LogEntry): string {
  return eventMessage ?? JSON.stringify(body ?? others);
}

function lineOf(entry: LogEntry, { terminal }: Context, style: Style): string {
  const time = formatDate(entry.timestamp, terminal) ?? "";
  const message = escapeControl(messageOf(entry)).replaceAll("\n", "\n  ");
  const level = entry.body?.level ?? /^(error|warn)\b/i.exec(message)?.[1]?.toLowerCase();
  const coloured = level === "error"
    ? style.bad(message)
    : level === "warn"
    ? style.warn(message)
    : message;
  return `${style.dim(time)} ${coloured}\n`;
}
