/** Schedule endpoints: section 10 of the HTTP contract. */
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

/** A scheduled call. Header values keep their references to secrets. */
export interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly cronSchedule: string;
  readonly functionUrl: string;
  readonly httpMethod: string;
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly body?: unknown;
  readonly cronJobId?: string | null;
  readonly isActive?: boolean;
  readonly lastExecutedAt?: string | null;
  readonly nextRun?: string | null;
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** What a schedule is made or changed with. */
export interface ScheduleFields {
  readonly name?: string;
  readonly cronSchedule?: string;
  readonly functionUrl?: string;
  readonly httpMethod?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly isActive?: boolean;
}

/** What the backend says of a change. */
export interface Confirmation {
  readonly id?: string;
  readonly cronJobId?: string;
  readonly message?: string;
}

/** One run of a schedule. */
export interface Execution {
  readonly id: string;
  readonly scheduleId: string;
  readonly executedAt: string;
  readonly statusCode: number;
  readonly success: boolean;
  readonly durationMs: number;
  readonly message?: string | null;
}

/** A page of runs, newest first. */
export interface Executions {
  readonly logs: readonly Execution[];
  readonly totalCount: number;
  readonly limit: number;
  readonly offset: number;
}

const BASE = "/api/schedules";

/** Backends before camel case send the names of their columns. */
function shown(schedule: Record<string, unknown>): Schedule {
  const camel = Object.entries(schedule).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(camel) as Schedule;
}

/** All schedules, newest first. */
export async function listSchedules(backend: HttpClient): Promise<Schedule[]> {
  const answer = await backend.json<
    Record<string, unknown>[] | { schedules?: Record<string, unknown>[] } | undefined
  >("GET", BASE);
  return (Array.isArray(answer) ? answer : answer?.schedules ?? []).map(shown);
}

/** One schedule. @throws {HttpError} 404 */
export async function getSchedule(backend: HttpClient, id: string): Promise<Schedule> {
  return shown(await backend.json("GET", BASE + path(id)));
}

/** Makes a schedule. @throws {HttpError} 404 when a header refers to a secret that is not there */
export function createSchedule(backend: HttpClient, fields: ScheduleFields): Promise<Confirmation> {
  return backend.json("POST", BASE, { json: fields });
}

/** Changes what is given. @throws {HttpError} 404 */
export function updateSchedule(
  backend: HttpClient,
  id: string,
  fields: ScheduleFields,
): Promise<Confirmation> {
  return backend.json("PATCH", BASE + path(id), { json: fields });
}

/** Removes a schedule and its runs. @throws {HttpError} 404 */
export function deleteSchedule(backend: HttpClient, id: string): Promise<Confirmation> {
  return backend.json("DELETE", BASE + path(id));
}

/** A page of a schedule's runs. */
export async function listExecutions(
  backend: HttpClient,
  id: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<Executions> {
  const answer = await backend.json<Partial<Executions> | undefined>(
    "GET",
    `${BASE}${path(id)}/logs`,
    { query: page },
  );
  const logs = answer?.logs ?? [];
  return { ...page, ...answer, logs, totalCount: answer?.totalCount ?? logs.length };
}
