/** Reads a log back to a time, and goes on reading it. */
import { type LogEntry, readLog } from "../api/backend/logs.ts";
import type { HttpClient } from "../api/http.ts";
import type { Clock } from "../context.ts";

/** How a line is told from others: backends give some of them a new id at each reading. */
export function identityOf({ id, timestamp, eventMessage, body }: LogEntry): string {
  return body?.id ?? (timestamp && eventMessage ? `${timestamp} ${eventMessage}` : id) ??
    JSON.stringify(body);
}

const PAGE = 200;
/** Lines are written a little later than the time that they bear. */
const LATE_MS = 10_000;
const BETWEEN_MS = 500;

/** Every line from a time on, oldest first, read in pages backwards. */
export async function readSince(
  backend: HttpClient,
  source: string,
  since: Date,
): Promise<LogEntry[]> {
  const found = new Map<string, LogEntry>();
  let limit = PAGE;
  let before: string | undefined;
  while (true) {
    const { logs } = await readLog(backend, source, { limit, before });
    const known = found.size;
    for (const [identity, entry] of distinct(logs)) {
      if (!found.has(identity) && timeOf(entry) >= since.getTime()) found.set(identity, entry);
    }
    const oldest = logs[0];
    if (logs.length < limit || !oldest || timeOf(oldest) < since.getTime()) break;
    // A page may end between lines of one moment: the next one has that moment again.
    before = new Date(timeOf(oldest) + 1).toISOString();
    if (found.size === known) limit *= 2;
  }
  return [...found.values()].sort((a, b) => timeOf(a) - timeOf(b));
}

/** Equal lines of one page are several lines. */
function* distinct(logs: readonly LogEntry[]): Generator<[string, LogEntry]> {
  const counts = new Map<string, number>();
  for (const entry of logs) {
    const identity = identityOf(entry);
    const count = (counts.get(identity) ?? 0) + 1;
    counts.set(identity, count);
    yield [`${identity} ${count}`, entry];
  }
}

/**
 * New lines as they come, none twice and none lost, until the signal is aborted.
 * @param seen the newest lines, which were shown already
 */
export async function* follow(
  backend: HttpClient,
  source: string,
  seen: readonly LogEntry[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<LogEntry> {
  let known = new Map(distinct(seen));
  const last = seen.at(-1);
  let newest = last ? timeOf(last) : clock.now().getTime();
  // The first reading also finds lines that are older than those which were shown.
  let oldestWanted = last ? newest : 0;
  while (!signal.aborted) {
    const entries = await readSince(backend, source, new Date(newest - LATE_MS));
    for (const [identity, entry] of distinct(entries)) {
      if (known.has(identity)) continue;
      known.set(identity, entry);
      newest = Math.max(newest, timeOf(entry));
      if (timeOf(entry) >= oldestWanted) yield entry;
    }
    oldestWanted = 0;
    // What is too old to be read again need not be remembered.
    known = new Map(known.entries().filter(([, line]) => timeOf(line) >= newest - 2 * LATE_MS));
    await clock.sleep(BETWEEN_MS, signal);
  }
}

/** Milliseconds; 0 for a line without a time. */
export function timeOf({ timestamp }: LogEntry): number {
  return Date.parse(timestamp ?? "") || 0;
}
