import type { SessionOptions } from "../database/messages.ts";
import { checkSql, runSql } from "../database/run_sql.ts";
import type { LocalBackend } from "../services.ts";
import { Claims } from "./claims.ts";
import { nextRun } from "./cron.ts";

/** Milliseconds between two looks at the clock. */
const TICK_MS = 500;

/** A row of `cron.job`. */
interface CronJob {
  readonly jobid: string;
  readonly schedule: string;
  readonly command: string;
  readonly username: string;
}

/**
 * Runs the commands that SQL has put into `cron.job`, each as its user, and notes them in
 * `cron.job_run_details`.
 */
export class CronJobs {
  readonly #backend: Pick<LocalBackend, "database" | "jobs" | "clock" | "logger">;
  #due = new Map<string, { readonly job: CronJob; at: Date | undefined }>();
  readonly #running = new Set<string>();
  readonly #claims: Claims;
  /** How far the database had come when the jobs were last read: one at rest is not asked. */
  #settledSeen: number | undefined;

  constructor(backend: Pick<LocalBackend, "database" | "jobs" | "clock" | "logger">) {
    this.#backend = backend;
    this.#claims = new Claims(backend.database);
  }

  start(): void {
    this.#backend.jobs.every("The cron jobs", TICK_MS, () => this.#tick());
  }

  async #tick(): Promise<void> {
    const { database, jobs, clock } = this.#backend;
    const { engine } = database;
    const { settled } = engine;
    if (settled === undefined || settled !== this.#settledSeen) {
      await this.#read();
      this.#settledSeen = settled;
    }
    const now = clock();
    for (const entry of this.#due.values()) {
      const { job, at } = entry;
      if (!at || at > now) continue;
      entry.at = this.#next(job, now);
      // A command that takes longer than its period is not run a second time beside itself.
      if (this.#running.has(job.jobid)) continue;
      this.#running.add(job.jobid);
      jobs.run(
        `Cron job ${job.jobid}`,
        () => this.#run(job, at).finally(() => this.#running.delete(job.jobid)),
      );
    }
  }

  async #read(): Promise<void> {
    const { database, clock } = this.#backend;
    const reading = { readOnly: true };
    const { rows: [table] } = await database.query(
      "SELECT to_regclass('cron.job') AS name",
      [],
      reading,
    );
    const { rows } = table?.name
      ? await database.query<CronJob>(
        "SELECT jobid, schedule, command, username FROM cron.job WHERE active ORDER BY jobid",
        [],
        reading,
      )
      : { rows: [] };
    const before = this.#due;
    this.#due = new Map(rows.map((job) => {
      const known = before.get(job.jobid);
      const at = known?.job.schedule === job.schedule ? known.at : this.#next(job, clock());
      return [job.jobid, { job, at }];
    }));
  }

  #next({ jobid, schedule }: CronJob, after: Date): Date | undefined {
    try {
      // The last day of the month has another sign here.
      return nextRun(schedule.replace("$", "L"), after);
    } catch (error) {
      const reason = (error as Error).message;
      this.#backend.logger.error(`Cron job ${jobid} is never due`, { reason });
    }
  }

  async #run(job: CronJob, due: Date): Promise<void> {
    const { database, clock } = this.#backend;
    if (!await this.#claims.take(`cron ${job.jobid}`, due)) return;
    const started = clock();
    const [status, message] = await this.#outcome(job);
    await database.query(
      `INSERT INTO cron.job_run_details
        (jobid, database, username, command, status, return_message, start_time, end_time)
      SELECT $1, current_database(), $2, $3, $4, $5, $6, $7
      FROM cron.job WHERE jobid = $1::bigint`,
      [job.jobid, job.username, job.command, status, message, started, clock()],
    );
  }

  async #outcome({ command, username }: CronJob): Promise<[status: string, message: string]> {
    const { database } = this.#backend;
    try {
      const statements = await checkSql(database, command);
      const { rowCount } = await runSql(database, command, statements, {
        role: username as SessionOptions["role"],
      });
      return ["succeeded", rowCount === null ? "Done" : `${rowCount} rows`];
    } catch (error) {
      return ["failed", `ERROR: ${(error as Error).message}`];
    }
  }
}
