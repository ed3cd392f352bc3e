/** Log endpoints: section 11 of the HTTP contract. */
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

/** A line of a log. */
export interface LogEntry {
  /** Not the same each time, with older backends. */
  readonly id?: string;
  /** ISO 8601. */
  readonly timestamp?: string;
  readonly eventMessage?: string;
  readonly body?: {
    readonly id?: string;
    readonly level?: string;
    readonly slug?: string;
    readonly metadata?: { readonly slug?: string };
  } | null;
  readonly [other: string]: unknown;
}

/** A page of a log, oldest line first. */
export interface LogPage {
  readonly logs: readonly LogEntry[];
  readonly total?: number;
}

/** The last lines of a log, or those before a time. @param before ISO 8601, exclusive */
export async function readLog(
  backend: HttpClient,
  source: string,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<LogPage> {
  const answer = await backend.json<LogEntry[] | Partial<LogPage> | undefined>(
    "GET",
    `/api/logs${path(source)}`,
    { query: { limit, before_timestamp: before } },
  );
  return Array.isArray(answer) ? { logs: answer } : { ...answer, logs: answer?.logs ?? [] };
}

/** What came of the newest deployment of functions. @throws {HttpError} 404 when there was none */
export function readDeployLog(backend: HttpClient): Promise<{
  readonly deploymentId?: string;
  readonly status?: string;
  readonly createdAt?: string;
  readonly logs?: readonly { readonly level?: string; readonly message?: string }[];
}> {
  return backend.json("GET", "/api/logs/functions/build-logs");
}
