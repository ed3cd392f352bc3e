/** What belongs together: comments, dependencies and parts of objects. */
import { ownObject } from "./scope.ts";

export const COMMENTS = `
SELECT 'comment:' || d.classoid || ':' || d.objoid || ':' || d.objsubid AS id,
  d.classoid::regclass::text || ':' || d.objoid AS of, i.identity AS name,
  format('COMMENT ON %s IS NULL;', t.target) AS undo, format('COMMENT ON %s IS %L;', t.target, d.description) AS sql
FROM pg_description d
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
CROSS JOIN LATERAL (SELECT format('%s %s', CASE
    WHEN d.objsubid > 0 THEN 'COLUMN' WHEN i.type LIKE '%constraint' THEN 'CONSTRAINT'
    WHEN i.type = 'statistics object' THEN 'STATISTICS' ELSE upper(i.type) END,
    CASE i.type WHEN 'domain constraint' THEN (SELECT format('%I ON DOMAIN %s', k.conname, k.contypid::regtype)
      FROM pg_constraint k WHERE k.oid = d.objoid) ELSE i.identity END) AS target) t
WHERE d.objoid >= 16384 AND d.classoid <> 'pg_extension'::regclass AND ${
  ownObject("d.classoid", "d.objoid")
}`;

/** Objects that an extension takes with it when it is dropped. */
export const EXTENSION_DEPENDENTS = `
SELECT 'extension dependent:' || d.classid || ':' || d.objid AS id, i.identity AS name,
  d.classid::regclass::text || ':' || d.objid AS of,
  format('ALTER %s %s DEPENDS ON EXTENSION %I;', upper(i.type), i.identity, e.extname) AS sql
FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
WHERE d.deptype = 'x' AND d.objid >= 16384`;

/**
 * Every dependency between objects that are not PostgreSQL's own; that of a sequence on its column
 * is no obstacle.
 */
export const DEPENDENCIES = `
SELECT DISTINCT d.classid::regclass::text || ':' || d.objid AS id, d.refclassid::regclass::text || ':' || d.refobjid AS needs
FROM pg_depend d
WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype NOT IN ('P', 'S')
  AND NOT (d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0
    AND EXISTS (SELECT FROM pg_sequence s WHERE s.seqrelid = d.objid))
UNION SELECT 'attachment:' || h.inhrelid, 'pg_class:' || i.oid
FROM pg_inherits h JOIN pg_class i ON i.oid IN (h.inhrelid, h.inhparent) AND i.relkind IN ('i', 'I')`;

/** Objects that are part of another one, by which they are known here. */
export const ALIASES = `
SELECT 'pg_attrdef:' || d.oid AS id, 'pg_class:' || d.adrelid AS of FROM pg_attrdef d
UNION ALL SELECT 'pg_rewrite:' || r.oid, 'pg_class:' || r.ev_class FROM pg_rewrite r WHERE r.oid >= 16384 AND r.rulename = '_RETURN'
UNION ALL SELECT 'pg_type:' || t.oid, 'pg_class:' || t.typrelid FROM pg_type t WHERE t.oid >= 16384 AND t.typrelid <> 0
UNION ALL SELECT 'pg_type:' || t.oid, 'pg_type:' || t.typelem FROM pg_type t
  WHERE t.oid >= 16384 AND t.typelem <> 0 AND t.typcategory = 'A'
UNION ALL SELECT 'pg_type:' || r.rngmultitypid, 'pg_type:' || r.rngtypid FROM pg_range r WHERE r.rngtypid >= 16384
UNION ALL SELECT 'pg_constraint:' || k.oid, 'pg_class:' || k.conrelid FROM pg_constraint k WHERE k.contype = 'n' AND k.conrelid <> 0
UNION ALL SELECT 'pg_class:' || k.conindid, 'pg_constraint:' || k.oid FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x')
UNION ALL SELECT e.classid::regclass::text || ':' || e.objid, 'pg_extension:' || e.refobjid FROM pg_depend e
  WHERE e.deptype = 'e' AND e.refclassid = 'pg_extension'::regclass`;
