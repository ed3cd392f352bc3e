/** Reads a log back to a time, and goes on reading it. */
import { type LogEntry, readLog } from "../../client/backend/logs.ts";
import type { HttpClient } from "../../client/http.ts";
import type { Clock } from "../../core/clock.ts";

/** How a line is told from others: backends give some of them a new id at each reading. */
function identityOf({ id, timestamp, eventMessage, body }: LogEntry): string {
  return body?.id ?? (timestamp && eventMessage ? `${timestamp} ${eventMessage}` : id) ??
    JSON.stringify(body);
}

const FIRST_PAGE = 200;
/** A page is read from the end of the log on, so that many small ones would take long. */
const LARGEST_PAGE = 10_000;
/** Lines are written a little later than the time that they bear. */
const LATE_MS = 10_000;
const BETWEEN_MS = 500;

/** Every line from a time on that is wanted, oldest first, read in pages backwards. */
export async function readSince(
  backend: HttpClient,
  source: string,
  since: Date,
  isWanted: (entry: LogEntry) => boolean = () => true,
): Promise<LogEntry[]> {
  const known = new Set<string>();
  let found: LogEntry[] = [];
  let limit = FIRST_PAGE;
  let before: string | undefined;
  while (true) {
    const { logs } = await readLog(backend, source, { limit, before });
    const fresh = distinct(logs)
      .filter(([identity, entry]) => !known.has(identity) && timeOf(entry) >= since.getTime())
      .toArray();
    for (const [identity] of fresh) known.add(identity);
    found = [...fresh.map(([, entry]) => entry).filter(isWanted), ...found];
    const oldest = logs[0];
    if (logs.length < limit || !oldest || timeOf(oldest) < since.getTime()) break;
    // A page may end between lines of one moment: the next one has that moment again.
    before = new Date(timeOf(oldest) + 1).toISOString();
    const larger = 2 * limit;
    limit = fresh.length === 0 ? larger : Math.min(larger, LARGEST_PAGE);
  }
  return found.sort((a, b) => timeOf(a) - timeOf(b));
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

/** From where on a log is followed. */
export interface Start {
  /** The newest lines, which are not to come again. */
  readonly seen: readonly LogEntry[];
  /** Older lines are not wanted. */
  readonly since?: Date;
}

/**
 * New lines as they come, none twice and none lost, until the signal is aborted. The times of lines
 * are the server's, whose clock may be another than the client's: only lines tell what is new.
 */
export async function* follow(
  backend: HttpClient,
  source: string,
  { seen, since }: Start,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<LogEntry> {
  let known = new Map(distinct(seen));
  const last = seen.at(-1);
  const start = since?.getTime() ?? 0;
  let newest = last ? timeOf(last) : start;
  // The first reading also finds lines that are older than those which were seen.
  let oldestWanted = since || !last ? start : newest;
  while (!signal.aborted) {
    const entries = await readSince(backend, source, new Date(Math.max(0, newest - LATE_MS)));
    for (const [identity, entry] of distinct(entries)) {
      if (known.has(identity)) continue;
      known.set(identity, entry);
      newest = Math.max(newest, timeOf(entry));
      if (timeOf(entry) >= oldestWanted) yield entry;
    }
    oldestWanted = start;
    // What is too old to be read again need not be remembered.
    known = new Map(known.entries().filter(([, line]) => timeOf(line) >= newest - 2 * LATE_MS));
    await clock.sleep(BETWEEN_MS, signal);
  }
}

/** Milliseconds; 0 for a line without a time. */
export function timeOf({ timestamp }: LogEntry): number {
  return Date.parse(timestamp ?? "") || 0;
}
