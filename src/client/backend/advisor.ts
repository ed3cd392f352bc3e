/** What a backend finds that is to be mended: section 22 of the HTTP contract. */
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

/** What the last scan found. */
export interface Issue {
  readonly id: string;
  readonly ruleId: string;
  readonly severity: "critical" | "warning" | "info";
  readonly category: "security" | "performance" | "health";
  readonly title: string;
  readonly description: string;
  readonly affectedObject?: string;
  /** SQL that mends it, or advice. */
  readonly recommendation?: string;
}

/** A finding, or a whole rule, that is not to be told any more. */
export interface Suppression {
  readonly id: string;
  readonly ruleId: string;
  readonly affectedObject?: string;
  readonly scope: "instance" | "rule";
  readonly reason: string;
  readonly note?: string;
  readonly createdAt: string;
}

const BASE = "/api/advisor";

/** The findings of the last scan; undefined where there was none, or where there is no advisor. */
export async function listIssues(
  backend: HttpClient,
  query: Readonly<Record<string, string | undefined>>,
): Promise<readonly Issue[] | undefined> {
  const accept = (status: number) => status === 404;
  const scan = await backend.json<{ scanId?: string } | null>("GET", `${BASE}/latest`, { accept });
  if (!scan?.scanId) return undefined;
  const answer = await backend.json<{ issues: Issue[] }>("GET", `${BASE}/issues`, { query });
  return answer.issues;
}

/** Begins a scan. */
export function beginScan(backend: HttpClient): Promise<{ scanId: string }> {
  return backend.json("POST", `${BASE}/scan`);
}

/** What is not to be told any more. */
export async function listSuppressions(backend: HttpClient): Promise<readonly Suppression[]> {
  const answer = await backend.json<{ suppressions?: Suppression[] }>(
    "GET",
    `${BASE}/suppressions`,
  );
  return answer?.suppressions ?? [];
}

/** Has a finding, or a whole rule, not told any more. */
export function suppress(
  backend: HttpClient,
  suppression: Pick<Suppression, "ruleId" | "affectedObject" | "scope" | "reason" | "note">,
): Promise<Suppression> {
  return backend.json("POST", `${BASE}/suppressions`, { json: suppression });
}

/** Has it told again. */
export async function unsuppress(backend: HttpClient, id: string): Promise<void> {
  await backend.json("DELETE", `${BASE}/suppressions${path(id)}`);
}
