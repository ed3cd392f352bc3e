import type { Database } from "../database/client.ts";
import type { LocalBackend } from "../services.ts";
import { type Cipher, openCipher } from "../secrets/cipher.ts";
import { nextRun } from "./cron.ts";

type Headers = Readonly<Record<string, string>>;

/** A schedule as it is stored; header values keep their references to secrets. */
interface ScheduleRow {
  readonly id: string;
  readonly name: string;
  readonly cronSchedule: string;
  readonly functionUrl: string;
  readonly httpMethod: string;
  readonly headers: Headers | null;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly cronJobId: string | null;
  readonly isActive: boolean;
  readonly lastExecutedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A schedule as the contract shows it (section 10). */
export interface Schedule extends ScheduleRow {
  /** ISO 8601; null for one that is not active. */
  readonly nextRun: string | null;
}

/** What a schedule is made or changed with. */
export interface ScheduleFields {
  readonly name: string;
  readonly cronSchedule: string;
  readonly functionUrl: string;
  readonly httpMethod: string;
  readonly headers?: Headers;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly isActive?: boolean;
}

/** What one run came to (contract section 16.3). */
export interface Execution {
  readonly executedAt: Date;
  readonly statusCode: number;
  readonly success: boolean;
  readonly durationMs: number;
  readonly message: string;
}

const COLUMNS = `id, name, cron_schedule AS "cronSchedule", function_url AS "functionUrl",
  http_method AS "httpMethod", headers, body, cron_job_id AS "cronJobId", is_active AS "isActive",
  last_executed_at AS "lastExecutedAt", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Schedules and their executions in the database; headers with resolved secrets rest encrypted. */
export class ScheduleStore {
  readonly #database: Database;
  readonly #clock: () => Date;
  readonly #keys: LocalBackend["keys"];
  #cipher: Promise<Cipher> | undefined;

  constructor({ database, clock, keys }: Pick<LocalBackend, "database" | "clock" | "keys">) {
    this.#database = database;
    this.#clock = clock;
    this.#keys = keys;
  }

  /** All schedules, newest first. */
  async list(): Promise<Schedule[]> {
    const rows = await this.#database.remembered<ScheduleRow>(
      `SELECT ${COLUMNS} FROM schedules.jobs ORDER BY created_at DESC, id`,
    );
    return rows.map((row) => this.#shown(row));
  }

  async find(id: string): Promise<Schedule | undefined> {
    const { rows } = await this.#database.query<ScheduleRow>(
      `SELECT ${COLUMNS} FROM schedules.jobs WHERE id = $1`,
      [id],
    );
    return rows[0] && this.#shown(rows[0]);
  }

  /** @param resolved the headers with the values of the secrets that they refer to */
  async create(fields: ScheduleFields, resolved: Headers): Promise<Schedule> {
    const { rows } = await this.#database.query<ScheduleRow>(
      `INSERT INTO schedules.jobs (name, cron_schedule, function_url, http_method, headers, body,
        encrypted_headers, cron_job_id, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, nextval('schedules.cron_job_ids'), $8, $8)
      RETURNING ${COLUMNS}`,
      [
        fields.name,
        fields.cronSchedule,
        fields.functionUrl,
        fields.httpMethod,
        fields.headers ?? {},
        fields.body ?? {},
        await this.#encrypt(resolved),
        this.#clock(),
      ],
    );
    return this.#shown(rows[0]!);
  }

  /**
   * Writes all fields; a schedule that is active has a cron job, under a new id when its times
   * change.
   */
  async update(before: Schedule, fields: ScheduleFields, resolved: Headers): Promise<Schedule> {
    const isActive = fields.isActive ?? before.isActive;
    const keepsJob = before.isActive && before.cronSchedule === fields.cronSchedule;
    const { rows } = await this.#database.query<ScheduleRow>(
      `UPDATE schedules.jobs SET name = $2, cron_schedule = $3, function_url = $4, http_method = $5,
        headers = $6, body = $7, encrypted_headers = $8, is_active = $9, updated_at = $10,
        cron_job_id = CASE WHEN NOT $9::bool THEN NULL WHEN $11::bool THEN cron_job_id
          ELSE nextval('schedules.cron_job_ids') END
      WHERE id = $1 RETURNING ${COLUMNS}`,
      [
        before.id,
        fields.name,
        fields.cronSchedule,
        fields.functionUrl,
        fields.httpMethod,
        fields.headers ?? {},
        fields.body ?? {},
        await this.#encrypt(resolved),
        isActive,
        this.#clock(),
        keepsJob,
      ],
    );
    return this.#shown(rows[0]!);
  }

  /** Removes a schedule and its executions; false when there is none. */
  async delete(id: string): Promise<boolean> {
    const { rowCount } = await this.#database.query("DELETE FROM schedules.jobs WHERE id = $1", [
      id,
    ]);
    return rowCount === 1;
  }

  /** The headers of a run, with the secrets as they were when the schedule was last written. */
  async headersOf(id: string): Promise<Headers> {
    const { rows } = await this.#database.query<{ stored: string | null }>(
      "SELECT encrypted_headers AS stored FROM schedules.jobs WHERE id = $1",
      [id],
    );
    const stored = rows[0]?.stored;
    return stored ? JSON.parse(await (await this.#open()).decrypt(stored)) : {};
  }

  /** Notes what a run came to; nothing for a schedule that was deleted meanwhile. */
  async record(id: string, execution: Execution): Promise<void> {
    const { executedAt, statusCode, success, durationMs, message } = execution;
    await this.#database.query(
      `WITH job AS (UPDATE schedules.jobs SET last_executed_at = $2 WHERE id = $1 RETURNING id)
      INSERT INTO schedules.job_logs (job_id, executed_at, status_code, success, duration_ms, message)
      SELECT id, $2, $3, $4, $5, $6 FROM job`,
      [id, executedAt, statusCode, success, durationMs, message],
    );
  }

  /** The executions of a schedule, newest first, and how many there are. */
  async executions(id: string, limit: number, offset: number) {
    const { rows } = await this.#database.query<{ totalCount: string }>(
      `SELECT count(*) AS "totalCount" FROM schedules.job_logs WHERE job_id = $1`,
      [id],
    );
    const { rows: logs } = await this.#database.query(
      `SELECT id, job_id AS "scheduleId", executed_at AS "executedAt", status_code AS "statusCode",
        success, duration_ms::int4 AS "durationMs", message
      FROM schedules.job_logs WHERE job_id = $1
      ORDER BY executed_at DESC, id LIMIT $2::int OFFSET $3::int`,
      [id, limit, offset],
    );
    return { logs, totalCount: Number(rows[0]!.totalCount) };
  }

  /** How many days executions are kept; null for ever. */
  async retentionDays(): Promise<number | null> {
    const { rows } = await this.#database.query<{ days: number | null }>(
      "SELECT retention_days AS days FROM schedules.config",
    );
    return rows[0]!.days;
  }

  async setRetentionDays(days: number | null): Promise<void> {
    await this.#database.query("UPDATE schedules.config SET retention_days = $1", [days]);
  }

  /** Removes executions that are older than they are kept. */
  async removeOld(): Promise<void> {
    await this.#database.query(
      `DELETE FROM schedules.job_logs
      WHERE executed_at < $1::timestamptz - make_interval(days => (SELECT retention_days FROM schedules.config))`,
      [this.#clock()],
    );
  }

  #shown(row: ScheduleRow): Schedule {
    const next = row.isActive ? nextRun(row.cronSchedule, this.#clock()) : undefined;
    return { ...row, nextRun: next?.toISOString() ?? null };
  }

  async #encrypt(headers: Headers): Promise<string> {
    return await (await this.#open()).encrypt(JSON.stringify(headers));
  }

  #open(): Promise<Cipher> {
    return this.#cipher ??= openCipher(this.#keys.jwtSecret);
  }
}
