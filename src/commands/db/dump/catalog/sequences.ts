/** Sequences, their owners and their values. */
import { IN_SCHEMAS, own, ownPart } from "./scope.ts";

/** What `CREATE SEQUENCE` says of the row `s` of `pg_sequence`. */
export const SEQUENCE_OPTIONS = `
  format('AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s',
    format_type(s.seqtypid, NULL), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache,
    CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)`;

export const SEQUENCES = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name,
  format('DROP SEQUENCE IF EXISTS %I.%I;', n.nspname, c.relname) AS drop,
  format('CREATE%s SEQUENCE %I.%I ', CASE c.relpersistence WHEN 'u' THEN ' UNLOGGED' END, n.nspname, c.relname)
    || ${SEQUENCE_OPTIONS} || ';' AS sql
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "c.oid")} AND ${ownPart("pg_class", "c.oid")}`;

export const SEQUENCE_OWNERS = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name, 'pg_class:' || t.oid AS of,
  format('ALTER SEQUENCE %I.%I OWNED BY NONE;', n.nspname, c.relname) AS undo,
  format('ALTER SEQUENCE %I.%I OWNED BY %I.%I.%I;', n.nspname, c.relname, tn.nspname, t.relname, a.attname) AS sql
FROM pg_depend d
JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE ${IN_SCHEMAS} AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
  AND ${own("pg_class", "c.oid")}`;

/**
 * Every sequence, those of identity columns included: its name, its start and, as `of`, its table.
 */
export const SEQUENCE_VALUES = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name,
  format('%I.%I', n.nspname, c.relname) AS quoted, s.seqstart::text AS start,
  (SELECT 'pg_class:' || d.refobjid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
     AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')) AS of
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "c.oid")}`;
