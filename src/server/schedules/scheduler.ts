import { fetchFailure } from "../../core/fetch_failure.ts";
import type { LocalBackend } from "../services.ts";
import { Claims } from "./claims.ts";
import { nextRun } from "./cron.ts";
import type { Execution, Schedule, ScheduleStore } from "./store.ts";

/** Milliseconds between two looks at the clock. */
const TICK_MS = 200;
/** Milliseconds that a call may take. */
const CALL_TIMEOUT_MS = 300_000;
/** Milliseconds between two looks at what other servers over the same database have changed. */
const READING_MS = 2_000;
const CLEANING_MS = 60 * 60 * 1000;

/**
 * Calls what is due. A time that passed while nobody could look at the clock, because the server
 * was down or the machine slept, is made up for once at most while the server runs, and not at all
 * after a start.
 */
export class Scheduler {
  readonly #store: ScheduleStore;
  readonly #backend: Pick<LocalBackend, "database" | "jobs" | "clock" | "logger">;
  /** When each active schedule is due, by its id. */
  readonly #due = new Map<string, { readonly schedule: Schedule; at: Date | undefined }>();
  readonly #running = new Set<string>();
  readonly #claims: Claims;

  constructor(
    store: ScheduleStore,
    backend: Pick<LocalBackend, "database" | "jobs" | "clock" | "logger">,
  ) {
    this.#store = store;
    this.#backend = backend;
    this.#claims = new Claims(backend.database);
  }

  /** Reads the schedules and begins. */
  start(): void {
    const { jobs } = this.#backend;
    jobs.run("Reading the schedules", async () => {
      await this.#read();
      if (this.#claims.isShared) {
        jobs.every("Reading the schedules", READING_MS, () => this.#read());
      }
      jobs.every("The scheduler", TICK_MS, () => Promise.resolve(this.#tick()));
      jobs.every("Removing old executions", CLEANING_MS, () => this.#store.removeOld());
    });
  }

  async #read(): Promise<void> {
    const schedules = await this.#store.list();
    for (const schedule of schedules) {
      const known = this.#due.get(schedule.id)?.schedule;
      if (known?.updatedAt !== schedule.updatedAt) this.set(schedule);
    }
    const ids = new Set(schedules.map(({ id }) => id));
    for (const id of this.#due.keys()) if (!ids.has(id)) this.remove(id);
  }

  /** Takes a schedule as it is now; what was due before still runs as it was. */
  set(schedule: Schedule): void {
    this.#tick();
    if (!schedule.isActive) return this.remove(schedule.id);
    const last = schedule.lastExecutedAt ? new Date(schedule.lastExecutedAt) : new Date(0);
    const now = this.#backend.clock();
    const at = nextRun(schedule.cronSchedule, last > now ? last : now);
    this.#due.set(schedule.id, { schedule, at });
  }

  remove(id: string): void {
    this.#due.delete(id);
  }

  #tick(): void {
    const now = this.#backend.clock();
    for (const entry of this.#due.values()) {
      const { schedule, at } = entry;
      if (!at || at > now) continue;
      entry.at = nextRun(schedule.cronSchedule, now);
      // A call that takes longer than its period is not made a second time beside itself.
      if (this.#running.has(schedule.id)) continue;
      this.#running.add(schedule.id);
      this.#backend.jobs.run(
        `Schedule ${schedule.name}`,
        (signal) =>
          this.#run(schedule, at, signal).finally(() => this.#running.delete(schedule.id)),
      );
    }
  }

  async #run(schedule: Schedule, due: Date, signal: AbortSignal): Promise<void> {
    if (!await this.#claims.take(schedule.id, due)) return;
    const executedAt = this.#backend.clock();
    const started = performance.now();
    const outcome = await this.#call(schedule, signal);
    // What the end of the server broke off was no run.
    if (signal.aborted) return;
    const durationMs = Math.round(performance.now() - started);
    await this.#store.record(schedule.id, { executedAt, durationMs, ...outcome });
  }

  async #call(
    { id, functionUrl, httpMethod, body }: Schedule,
    signal: AbortSignal,
  ): Promise<Omit<Execution, "executedAt" | "durationMs">> {
    try {
      const response = await fetch(functionUrl, {
        method: httpMethod,
        headers: { "content-type": "application/json", ...await this.#store.headersOf(id) },
        body: httpMethod === "GET" ? undefined : JSON.stringify(body ?? {}),
        signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]),
        // Headers hold secrets, which are for no other address.
        redirect: "manual",
      });
      await response.body?.cancel();
      const { ok, status } = response;
      if (status >= 300 && status < 400) {
        const message = `HTTP ${status}: redirects are not followed`;
        return { statusCode: status, success: false, message };
      }
      return { statusCode: status, success: ok, message: ok ? "Success" : `HTTP ${status}` };
    } catch (error) {
      return { statusCode: 500, success: false, message: fetchFailure(error) };
    }
  }
}
