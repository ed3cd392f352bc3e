import type { LogRecord } from "./log_file.ts";
import { readBackwards } from "./read_backwards.ts";

/** A line of a log as the contract shows it (section 11). */
export interface LogEntry {
  readonly id: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly eventMessage: string;
  readonly body: LogRecord;
}

/** The lines of a log, newest first, through the file that was set aside too. */
export async function* newestFirst(path: string): AsyncGenerator<LogEntry> {
  for (const file of [path, `${path}.1`]) {
    for await (const line of readBackwards(file)) {
      const record = parse(line);
      if (record) yield entryOf(record);
    }
  }
}

/** A line that was cut by a crash is no record. */
function parse(line: string): LogRecord | undefined {
  try {
    const record = JSON.parse(line);
    return record?.metadata ? record : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(body: LogRecord): LogEntry {
  const { id, timestamp } = body;
  return { id, timestamp, eventMessage: eventMessage(body), body };
}

/**
 * Requests in the form of an access log, everything else with its level (contract section 16.4).
 */
function eventMessage({ message, level, metadata }: LogRecord): string {
  const { method, path, status, size, duration, ip, userAgent, error } = metadata;
  if (method && path && ip) {
    return `${method} ${path} ${status} ${size} ${duration} - ${ip} - ${userAgent}`;
  }
  return [`${level} - ${message}`, error].filter(Boolean).join(" ");
}
