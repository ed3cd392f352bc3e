/** Constraints, indexes and what tables say of them. */
import { IN_SCHEMAS, own } from "./scope.ts";

/**
 * Whether an index calls functions of the project. Since PostgreSQL 17 an index is built under a
 * search path of PostgreSQL's own schemas alone, while rows that are inserted meet the session's.
 */
const callsFunctions = (index: string) => `
  EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = ${index}
    AND d.refclassid = 'pg_proc'::regclass AND d.refobjid >= 16384) AS "callsFunctions"`;

/**
 * Keys of a partitioned table are made on each partition by name and attached
 * (`INDEX_ATTACHMENTS`), as PostgreSQL would choose names of its own; everything else passes on to
 * partitions by itself. A check of a parent comes after those that its children have by the same
 * name: so they merge.
 */
export const CONSTRAINTS = `
SELECT 'pg_constraint:' || k.oid AS id, n.nspname || '.' || c.relname || '.' || k.conname AS name,
  'pg_class:' || c.oid AS of, CASE WHEN k.contype = 'f' THEN 'pg_class:' || k.confrelid END AS "refersTo",
  CASE WHEN k.contype IN ('c', 'f') THEN format('ALTER TABLE IF EXISTS %I.%I DROP CONSTRAINT IF EXISTS %I;',
    n.nspname, c.relname, k.conname) END AS drop,
  (SELECT json_agg('pg_constraint:' || m.oid) FROM pg_inherits h JOIN pg_constraint m ON m.conrelid = h.inhrelid
   WHERE h.inhparent = k.conrelid AND k.contype = 'c' AND m.contype = 'c' AND m.conname = k.conname AND m.conislocal) AS after,
  k.contype = 'x' AND ${callsFunctions("k.conindid")},
  format('ALTER TABLE %I.%I DROP CONSTRAINT %I;', n.nspname, c.relname, k.conname) AS undo,
  format('ALTER TABLE %s%I.%I ADD CONSTRAINT %I %s;', CASE WHEN k.contype IN ('p', 'u', 'x') THEN 'ONLY ' END,
    n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) AS sql
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND (k.contype IN ('p', 'u', 'x') OR k.contype IN ('c', 'f') AND k.conparentid = 0 AND k.conislocal)
  AND ${own("pg_class", "c.oid")}`;

export const INDEXES = `
SELECT 'pg_class:' || i.oid AS id, n.nspname || '.' || i.relname AS name, 'pg_class:' || x.indrelid AS of,
  ${callsFunctions("i.oid")},
  format('DROP INDEX %I.%I;', n.nspname, i.relname) AS undo, pg_get_indexdef(i.oid) || ';' AS sql
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE ${IN_SCHEMAS} AND (x.indisvalid OR i.relkind = 'I') AND ${own("pg_class", "x.indrelid")}
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'pg_statistic_ext:' || s.oid, n.nspname || '.' || s.stxname, 'pg_class:' || s.stxrelid, false,
  format('DROP STATISTICS %I.%I;', n.nspname, s.stxname),
  pg_get_statisticsobjdef(s.oid) || ';' || CASE WHEN s.stxstattarget >= 0
    THEN format(E'\\nALTER STATISTICS %I.%I SET STATISTICS %s;', n.nspname, s.stxname, s.stxstattarget) ELSE '' END
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "s.stxrelid")}`;

export const INDEX_ATTACHMENTS = `
SELECT 'attachment:' || i.oid AS id, n.nspname || '.' || i.relname AS name, 'pg_class:' || x.indrelid AS of,
  'pg_class:' || y.indrelid AS "refersTo",
  format('ALTER INDEX %I.%I ATTACH PARTITION %I.%I;', pn.nspname, p.relname, n.nspname, i.relname) AS sql
FROM pg_inherits h
JOIN pg_class i ON i.oid = h.inhrelid JOIN pg_namespace n ON n.oid = i.relnamespace
JOIN pg_index x ON x.indexrelid = i.oid
JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
JOIN pg_index y ON y.indexrelid = p.oid
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "x.indrelid")}`;

/** How far PostgreSQL samples an expression of an index. */
export const INDEX_STATISTICS = `
SELECT 'statistics:' || a.attrelid || ':' || a.attnum AS id, n.nspname || '.' || i.relname AS name,
  'pg_class:' || x.indrelid AS of,
  format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s;', n.nspname, i.relname, a.attnum, a.attstattarget) AS sql
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
JOIN pg_attribute a ON a.attrelid = i.oid AND a.attstattarget >= 0
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "x.indrelid")}`;

/** By which index rows are known to replication, and in whose order CLUSTER puts them. */
export const INDEX_ROLES = `
SELECT 'cluster:' || c.oid AS id, n.nspname || '.' || c.relname AS name, 'pg_class:' || c.oid AS of,
  format('ALTER %s %I.%I CLUSTER ON %I;', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
    n.nspname, c.relname, i.relname) AS sql
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND x.indisclustered AND ${own("pg_class", "c.oid")}
UNION ALL
SELECT 'replica identity:' || c.oid, n.nspname || '.' || c.relname, 'pg_class:' || c.oid,
  format('ALTER TABLE ONLY %I.%I REPLICA IDENTITY %s;', n.nspname, c.relname,
    CASE c.relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL' ELSE (SELECT format('USING INDEX %I', i.relname)
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid AND x.indisreplident) END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND ${own("pg_class", "c.oid")}
  AND (c.relreplident IN ('n', 'f') OR c.relreplident = 'i'
    AND EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisreplident))`;
