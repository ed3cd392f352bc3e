/** What PostgreSQL's own statistics say. */
import { sourceOf } from "../../client/backend/source.ts";
import type { HttpClient } from "../../client/http.ts";
import { UsageError } from "../../core/errors.ts";
import { table, text } from "../../terminal/view.ts";
import type { Part } from "./part.ts";

interface Check {
  readonly title: string;
  readonly sql: string;
  /** What is said where it answers no rows. */
  readonly none: string;
}

const USERS = "FROM pg_stat_user_tables s";
const NAME = `s.schemaname || '.' || s.relname AS "table"`;

/** The names are those of InsForge's own CLI. */
const CHECKS: Readonly<Record<string, Check>> = {
  connections: {
    title: "Connections",
    sql: `SELECT count(*)::int AS active, current_setting('max_connections')::int AS "most"
      FROM pg_stat_activity WHERE state IS NOT NULL`,
    none: "None.",
  },
  "slow-queries": {
    title: "Statements that run for more than 5 s",
    sql:
      `SELECT pid, extract(epoch FROM now() - query_start)::int AS seconds, left(query, 80) AS query
      FROM pg_stat_activity
      WHERE state = 'active' AND pid <> pg_backend_pid() AND now() - query_start > interval '5 s'
      ORDER BY query_start`,
    none: "None runs now; earlier ones are in `insforge logs postgres.logs`.",
  },
  bloat: {
    title: "Dead rows",
    sql: `SELECT ${NAME}, s.n_dead_tup::int AS dead, s.n_live_tup::int AS live ${USERS}
      WHERE s.n_dead_tup > 0 ORDER BY s.n_dead_tup DESC LIMIT 10`,
    none: "No table has any.",
  },
  size: {
    title: "The largest tables",
    sql: `SELECT ${NAME}, pg_size_pretty(pg_total_relation_size(s.relid)) AS size ${USERS}
      ORDER BY pg_total_relation_size(s.relid) DESC LIMIT 10`,
    none: "There are no tables.",
  },
  "index-usage": {
    title: "Tables that are read without an index",
    sql: `SELECT ${NAME}, s.idx_scan::int AS "byIndex", s.seq_scan::int AS whole ${USERS}
      WHERE s.seq_scan > s.idx_scan AND s.n_live_tup > 1000 ORDER BY s.seq_scan DESC LIMIT 10`,
    none: "No large one is.",
  },
  locks: {
    title: "Waiting for locks",
    sql: `SELECT pid, mode, relation::regclass::text AS relation FROM pg_locks WHERE NOT granted`,
    none: "Nobody waits.",
  },
  "cache-hit": {
    title: "Blocks that were in memory",
    sql:
      `SELECT round(100.0 * sum(heap_blks_hit) / nullif(sum(heap_blks_hit + heap_blks_read), 0), 1)::float8
      AS percent FROM pg_statio_user_tables`,
    none: "Nothing was read yet.",
  },
};

/** The checks of `--check`; all without. @throws {UsageError} */
export function checksOf(names: string | undefined): readonly string[] {
  const all = Object.keys(CHECKS);
  if (names === undefined || names === "all") return all;
  const wanted = names.split(",").map((name) => name.trim());
  const unknown = wanted.find((name) => !all.includes(name));
  if (unknown === undefined) return wanted;
  throw new UsageError(`There is no check ${JSON.stringify(unknown)}.`, {
    hint: `Use some of: ${all.join(", ")}.`,
  });
}

/** Asks for each check, one after the other: they look at the whole of the server. */
export async function lookAtDatabase(
  backend: HttpClient,
  names: readonly string[],
): Promise<Part> {
  const source = sourceOf(backend);
  const data: Record<string, unknown> = {};
  const view = [];
  for (const name of names) {
    const { title, sql, none } = CHECKS[name]!;
    const rows = await source<Record<string, unknown>>(sql);
    data[name] = rows;
    const columns = Object.keys(rows[0] ?? {});
    view.push(
      text(`${title}:`),
      table(columns, rows.map((row) => columns.map((c) => row[c])), none),
    );
  }
  return { data, view };
}
