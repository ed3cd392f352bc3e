import { findAll } from "../../shared/advisor/find.ts";
import { type Issue, issueOf } from "../../shared/advisor/issue.ts";
import type { Category, FindingRow, Severity } from "../../shared/advisor/rule.ts";
import { INTERNAL_SCHEMAS } from "../../shared/contract/schemas.ts";
import type { Database, Transaction } from "../database/client.ts";

export interface Scan {
  readonly scanId: string;
  readonly scannedAt: string;
}

/** What is not to be told any more; without an object a whole rule. */
export interface Wish {
  readonly ruleId: string;
  readonly affectedObject: string | null;
  readonly reason: string;
  readonly note: string | null;
}

/** A suppression, with what the last scan found there. */
export interface Suppression extends Wish {
  readonly id: string;
  readonly createdAt: string;
  readonly title: string | null;
  readonly severity: Severity | null;
  readonly category: Category | null;
}

/** The project's own schemas, as the text of an array. */
const OWN_SCHEMAS_SQL = `
SELECT array_agg(nspname)::text AS schemas FROM pg_namespace n
WHERE nspname <> 'information_schema' AND left(nspname, 3) <> 'pg_' AND nspname <> ALL ($1::text[])
  AND has_schema_privilege('project_admin', n.oid, 'CREATE')`;

/** What the last scan found, but what is suppressed. */
const ISSUES_SQL = `
SELECT f.value AS issue
FROM system.advisor_scans, jsonb_array_elements(findings) WITH ORDINALITY AS f (value, place)
WHERE NOT EXISTS (
  SELECT FROM system.advisor_suppressions s
  WHERE s.rule_id = value ->> 'ruleId'
    AND (s.affected_object IS NULL OR s.affected_object = value ->> 'affectedObject'))
ORDER BY place`;

const SUPPRESSIONS_SQL = `
SELECT s.id, s.rule_id AS "ruleId", s.affected_object AS "affectedObject", s.reason, s.note,
  s.created_at AS "createdAt", f.title, f.severity, f.category
FROM system.advisor_suppressions s
LEFT JOIN LATERAL (
  SELECT value ->> 'title' AS title, value ->> 'severity' AS severity,
    value ->> 'category' AS category
  FROM system.advisor_scans, jsonb_array_elements(findings)
  WHERE value ->> 'ruleId' = s.rule_id
    AND (s.affected_object IS NULL OR s.affected_object = value ->> 'affectedObject')
  LIMIT 1) f ON true`;

/** Looks at the project's schemas, and keeps what it found the last time. */
export class Advisor {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Looks at everything; of the scan before nothing is kept. */
  async scan(at: Date): Promise<Scan> {
    const scan = { scanId: crypto.randomUUID(), scannedAt: at.toISOString() };
    await this.#database.transaction(async (transaction) => {
      const issues = await look(transaction);
      await transaction.query("DELETE FROM system.advisor_scans");
      await transaction.query("INSERT INTO system.advisor_scans VALUES ($1, $2, $3)", [
        scan.scanId,
        scan.scannedAt,
        JSON.stringify(issues),
      ]);
    });
    return scan;
  }

  /** The last scan; undefined when there was none. */
  async latest(): Promise<Scan | undefined> {
    const { rows: [scan] } = await this.#database.query<Scan>(
      `SELECT id AS "scanId", scanned_at AS "scannedAt" FROM system.advisor_scans`,
    );
    return scan;
  }

  /** What it found and is to be told, the most severe first. */
  async issues(): Promise<Issue[]> {
    const { rows } = await this.#database.query<{ issue: Issue }>(ISSUES_SQL);
    return rows.map(({ issue }) => issue);
  }

  /** The newest first. */
  async suppressions(): Promise<Suppression[]> {
    const { rows } = await this.#database.query<Suppression>(
      `${SUPPRESSIONS_SQL} ORDER BY s.created_at DESC, s.id`,
    );
    return rows;
  }

  /** Has something not told any more; undefined when it was not. */
  async suppress(wish: Wish): Promise<Suppression | undefined> {
    const { rows: [made] } = await this.#database.query<{ id: string }>(
      "INSERT INTO system.advisor_suppressions (rule_id, affected_object, reason, note) " +
        "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id",
      [wish.ruleId, wish.affectedObject, wish.reason, wish.note],
    );
    if (!made) return undefined;
    const { rows: [suppression] } = await this.#database.query<Suppression>(
      `${SUPPRESSIONS_SQL} WHERE s.id = $1`,
      [made.id],
    );
    return suppression;
  }

  /** Has it told again. @returns whether there was such a suppression */
  async unsuppress(id: string): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      "DELETE FROM system.advisor_suppressions WHERE id = $1",
      [id],
    );
    return rowCount === 1;
  }
}

async function look({ query }: Transaction): Promise<Issue[]> {
  const { rows: [own] } = await query<{ schemas: string }>(OWN_SCHEMAS_SQL, [INTERNAL_SCHEMAS]);
  const findings = await findAll(
    async (sql, params) => (await query<FindingRow>(sql, params)).rows,
    own!.schemas,
  );
  return findings.map((finding) => issueOf(crypto.randomUUID(), finding));
}
