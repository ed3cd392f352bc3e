/** Tables, their columns and their partitions. */
import { IN_SCHEMAS, own } from "./scope.ts";
import { SEQUENCE_OPTIONS } from "./sequences.ts";

/** Sizes are asked for with a look at one file or two: PostgreSQL's own sum takes up to twenty. */
export const TABLES = `
SELECT 'pg_class:' || c.oid AS id, n.nspname AS schema, c.relname AS table, format('%I.%I', n.nspname, c.relname) AS quoted,
  c.relkind AS kind, c.relpersistence = 'u' AS "isUnlogged",
  array_to_string(c.reloptions || (SELECT array_agg('toast.' || option)
    FROM pg_class t, unnest(t.reloptions) AS option WHERE t.oid = c.reltoastrelid), ', ') AS options,
  CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END AS "ofType",
  (SELECT quote_ident(m.amname) FROM pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap') AS "accessMethod",
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey",
  (SELECT string_agg(format('%I.%I', pn.nspname, p.relname), ', ' ORDER BY i.inhseqno)
   FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
   WHERE i.inhrelid = c.oid AND NOT c.relispartition) AS parents,
  coalesce((SELECT array_agg(a.attname ORDER BY k.position)
   FROM pg_index x CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
   WHERE x.indrelid = c.oid AND x.indisprimary AND k.position <= x.indnkeyatts), '{}') AS key,
  heap.bytes::text AS "heapBytes",
  (heap.bytes + CASE WHEN heap.bytes > 0 AND c.reltoastrelid <> 0 THEN pg_relation_size(c.reltoastrelid) ELSE 0 END)::text
    AS "totalBytes"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) ELSE 0 END AS bytes) heap
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND ${own("pg_class", "c.oid")}`;

export const COLUMNS = `
SELECT 'pg_class:' || c.oid AS of, 'pg_attrdef:' || d.oid AS id, a.attname AS name, quote_ident(a.attname) AS quoted,
  format_type(a.atttypid, a.atttypmod) AS type, format_type(a.atttypid, -1) AS "baseType",
  a.attnotnull AS "isNotNull", a.attislocal AS "isLocal", a.attidentity AS identity, a.attgenerated AS generated,
  pg_get_expr(d.adbin, d.adrelid) AS expression,
  CASE WHEN a.attcollation <> t.typcollation THEN
    (SELECT format(' COLLATE %I.%I', cn.nspname, k.collname) FROM pg_collation k
     JOIN pg_namespace cn ON cn.oid = k.collnamespace WHERE k.oid = a.attcollation) END AS collation,
  CASE WHEN a.attidentity <> '' THEN (SELECT format('SEQUENCE NAME %I.%I ', qn.nspname, q.relname)
     || regexp_replace(${SEQUENCE_OPTIONS}, '^AS \\S+ ', '')
   FROM pg_depend i JOIN pg_sequence s ON s.seqrelid = i.objid
   JOIN pg_class q ON q.oid = s.seqrelid JOIN pg_namespace qn ON qn.oid = q.relnamespace
   WHERE i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass AND i.deptype = 'i'
     AND i.refobjid = c.oid AND i.refobjsubid = a.attnum) END AS "identitySequence"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND ${own("pg_class", "c.oid")}
ORDER BY c.oid, a.attnum`;

export const PARTITIONS = `
SELECT 'partition:' || c.oid AS id, n.nspname || '.' || c.relname AS name, 'pg_class:' || c.oid AS of,
  'pg_class:' || p.oid AS "refersTo",
  format('ALTER TABLE %I.%I DETACH PARTITION %I.%I;', pn.nspname, p.relname, n.nspname, c.relname) AS undo,
  format('ALTER TABLE ONLY %I.%I ATTACH PARTITION %I.%I %s;', pn.nspname, p.relname, n.nspname, c.relname,
    pg_get_expr(c.relpartbound, c.oid)) AS sql
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "c.oid")}`;

/**
 * How values of a column are stored and sampled, where that is not what its type and the server
 * say.
 */
export const COLUMN_OPTIONS = `
SELECT 'column:' || c.oid || ':' || a.attnum AS id, n.nspname || '.' || c.relname || '.' || a.attname AS name,
  'pg_class:' || c.oid AS of,
  (SELECT string_agg(format('ALTER TABLE ONLY %I.%I ALTER COLUMN %I %s;', n.nspname, c.relname, a.attname, option), E'\\n')
   FROM unnest(ARRAY[
     CASE WHEN a.attstorage <> t.typstorage THEN 'SET STORAGE ' || CASE a.attstorage
       WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
     CASE a.attcompression WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4' END,
     CASE WHEN a.attstattarget >= 0 THEN 'SET STATISTICS ' || a.attstattarget END,
     (SELECT 'SET (' || string_agg(o, ', ' ORDER BY o) || ')' FROM unnest(a.attoptions) AS o WHERE o LIKE 'n\\_distinct%')]) AS option WHERE option IS NOT NULL) AS sql
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
  AND (a.attstorage <> t.typstorage OR a.attcompression IN ('p', 'l') OR a.attstattarget >= 0
    OR EXISTS (SELECT FROM unnest(a.attoptions) AS o WHERE o LIKE 'n\\_distinct%'))
  AND ${own("pg_class", "c.oid")}`;

/** What a table says of a column that it inherits: a default of its own or none, and NOT NULL. */
export const INHERITED_COLUMNS = `
SELECT 'inherited:' || c.oid || ':' || a.attnum AS id, n.nspname || '.' || c.relname || '.' || a.attname AS name,
  'pg_class:' || c.oid AS of, o.sql
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND NOT c.relispartition
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE pa.attnotnull) AS "notNulls",
    bool_or(pg_get_expr(pd.adbin, pd.adrelid) IS NOT DISTINCT FROM pg_get_expr(d.adbin, d.adrelid)) AS "isSame"
  FROM pg_inherits h JOIN pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
  LEFT JOIN pg_attrdef pd ON pd.adrelid = pa.attrelid AND pd.adnum = pa.attnum
  WHERE h.inhrelid = c.oid) parent
CROSS JOIN LATERAL (
  SELECT string_agg(format('ALTER TABLE ONLY %I.%I ALTER COLUMN %I %s;', n.nspname, c.relname, a.attname, part), E'\\n') AS sql
  FROM unnest(ARRAY[
    CASE WHEN NOT parent."isSame" AND a.attgenerated = '' THEN
      coalesce('SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), 'DROP DEFAULT') END,
    CASE WHEN a.attnotnull AND parent."notNulls" = 0 THEN 'SET NOT NULL' END]) AS part WHERE part IS NOT NULL) o
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND NOT a.attislocal AND a.attinhcount > 0 AND NOT a.attisdropped
  AND o.sql IS NOT NULL AND ${own("pg_class", "c.oid")}`;
