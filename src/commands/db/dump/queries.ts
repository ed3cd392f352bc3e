/**
 * The catalog queries behind a dump. Most answer rows of `id`, `name` and `sql` (see
 * `SchemaObject`) for the schemas `$1`, a text array; what belongs to an extension is left out.
 */

const own = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass
     AND e.objid = ${oid} AND e.deptype = 'e')`;

const IN_SCHEMAS = "n.nspname = ANY ($1::text[])";

const SCHEMAS = `
SELECT 'pg_namespace:' || n.oid AS id, n.nspname AS name,
  format('CREATE SCHEMA IF NOT EXISTS %I;', n.nspname) AS sql
FROM pg_namespace n
WHERE ${IN_SCHEMAS} AND n.nspname <> 'public'`;

const EXTENSIONS = `
SELECT 'pg_extension:' || e.oid AS id, e.extname AS name,
  format('CREATE EXTENSION IF NOT EXISTS %I;', e.extname) AS sql
FROM pg_extension e
WHERE e.extname <> 'plpgsql'`;

const ENUMS = `
SELECT 'pg_type:' || t.oid AS id, n.nspname || '.' || t.typname AS name,
  format(E'CREATE TYPE %I.%I AS ENUM (%s);', n.nspname, t.typname,
    (SELECT string_agg(E'\\n  ' || quote_literal(l.enumlabel), ',' ORDER BY l.enumsortorder) || E'\\n'
     FROM pg_enum l WHERE l.enumtypid = t.oid)) AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE ${IN_SCHEMAS} AND t.typtype = 'e' AND ${own("pg_type", "t.oid")}`;

const DOMAINS = `
SELECT 'pg_type:' || t.oid AS id, n.nspname || '.' || t.typname AS name,
  format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod))
    || coalesce((SELECT format(' COLLATE %I.%I', cn.nspname, c.collname)
        FROM pg_collation c JOIN pg_namespace cn ON cn.oid = c.collnamespace
        JOIN pg_type b ON b.oid = t.typbasetype
        WHERE c.oid = t.typcollation AND c.oid <> b.typcollation), '')
    || coalesce(' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), '')
    || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
    || coalesce((SELECT string_agg(format(E'\\n  CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), ''
        ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'), '')
    || ';' AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE ${IN_SCHEMAS} AND t.typtype = 'd' AND ${own("pg_type", "t.oid")}`;

const COMPOSITES = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name,
  format('CREATE TYPE %I.%I AS (%s);', n.nspname, c.relname,
    (SELECT string_agg(format(E'\\n  %I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ','
       ORDER BY a.attnum) || E'\\n'
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS sql
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind = 'c' AND ${own("pg_class", "c.oid")}`;

const RANGES = `
SELECT 'pg_type:' || t.oid AS id, n.nspname || '.' || t.typname AS name,
  format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s', n.nspname, t.typname, format_type(r.rngsubtype, NULL))
    || (SELECT format(', SUBTYPE_OPCLASS = %I.%I', opn.nspname, o.opcname)
        FROM pg_opclass o JOIN pg_namespace opn ON opn.oid = o.opcnamespace WHERE o.oid = r.rngsubopc)
    || CASE WHEN r.rngsubdiff::oid <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc::text ELSE '' END
    || format(', MULTIRANGE_TYPE_NAME = %s);', r.rngmultitypid::regtype::text) AS sql
FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE ${IN_SCHEMAS} AND r.rngcanonical::oid = 0 AND ${own("pg_type", "t.oid")}`;

const SEQUENCE_OPTIONS = `
  format('AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s',
    format_type(s.seqtypid, NULL), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache,
    CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)`;

const SEQUENCES = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name,
  format('CREATE SEQUENCE %I.%I ', n.nspname, c.relname) || ${SEQUENCE_OPTIONS} || ';' AS sql
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "c.oid")} AND NOT EXISTS (SELECT FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')`;

const SEQUENCE_OWNERS = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name, 'pg_class:' || t.oid AS of,
  format('ALTER SEQUENCE %I.%I OWNED BY %I.%I.%I;', n.nspname, c.relname, tn.nspname, t.relname, a.attname) AS sql
FROM pg_depend d
JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE ${IN_SCHEMAS} AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'`;

/**
 * Every sequence, those of identity columns included: its name, its start and, as \`of\`, its
 * table.
 */
const SEQUENCE_VALUES = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name,
  format('%I.%I', n.nspname, c.relname) AS quoted, s.seqstart::text AS start,
  (SELECT 'pg_class:' || d.refobjid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
     AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')) AS of
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "c.oid")}`;

const TABLES = `
SELECT 'pg_class:' || c.oid AS id, n.nspname AS schema, c.relname AS table, format('%I.%I', n.nspname, c.relname) AS quoted,
  c.relkind AS kind, c.relpersistence = 'u' AS "isUnlogged", array_to_string(c.reloptions, ', ') AS options,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey",
  (SELECT string_agg(format('%I.%I', pn.nspname, p.relname), ', ' ORDER BY i.inhseqno)
   FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
   WHERE i.inhrelid = c.oid AND NOT c.relispartition) AS parents,
  coalesce((SELECT array_agg(a.attname ORDER BY k.position)
   FROM pg_index x CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
   WHERE x.indrelid = c.oid AND x.indisprimary AND k.position <= x.indnkeyatts), '{}') AS key,
  CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) ELSE 0 END::text AS "heapBytes",
  CASE WHEN c.relkind = 'r' THEN pg_table_size(c.oid) ELSE 0 END::text AS "totalBytes"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND ${own("pg_class", "c.oid")}`;

const COLUMNS = `
SELECT 'pg_class:' || c.oid AS of, 'pg_attrdef:' || d.oid AS id, a.attname AS name, quote_ident(a.attname) AS quoted,
  format_type(a.atttypid, a.atttypmod) AS type, format_type(a.atttypid, NULL) AS "baseType",
  a.attnotnull AS "isNotNull", a.attislocal AS "isLocal", a.attidentity AS identity, a.attgenerated AS generated,
  pg_get_expr(d.adbin, d.adrelid) AS expression,
  (SELECT format(' COLLATE %I.%I', cn.nspname, k.collname) FROM pg_collation k
   JOIN pg_namespace cn ON cn.oid = k.collnamespace
   WHERE k.oid = a.attcollation AND k.oid <> t.typcollation) AS collation,
  (SELECT format('SEQUENCE NAME %I.%I ', qn.nspname, q.relname)
     || regexp_replace(${SEQUENCE_OPTIONS}, '^AS \\S+ ', '')
   FROM pg_depend i JOIN pg_sequence s ON s.seqrelid = i.objid
   JOIN pg_class q ON q.oid = s.seqrelid JOIN pg_namespace qn ON qn.oid = q.relnamespace
   WHERE i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass AND i.deptype = 'i'
     AND i.refobjid = c.oid AND i.refobjsubid = a.attnum) AS "identitySequence"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND ${own("pg_class", "c.oid")}
ORDER BY c.oid, a.attnum`;

const PARTITIONS = `
SELECT 'partition:' || c.oid AS id, n.nspname || '.' || c.relname AS name, 'pg_class:' || c.oid AS of,
  'pg_class:' || p.oid AS "refersTo",
  format('ALTER TABLE ONLY %I.%I ATTACH PARTITION %I.%I %s;', pn.nspname, p.relname, n.nspname, c.relname,
    pg_get_expr(c.relpartbound, c.oid)) AS sql
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "c.oid")}`;

const CONSTRAINTS = `
SELECT 'pg_constraint:' || k.oid AS id, n.nspname || '.' || c.relname || '.' || k.conname AS name,
  'pg_class:' || c.oid AS of, CASE WHEN k.contype = 'f' THEN 'pg_class:' || k.confrelid END AS "refersTo",
  format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s;', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) AS sql
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND k.contype IN ('p', 'u', 'x', 'c', 'f') AND k.conparentid = 0 AND k.conislocal
  AND ${own("pg_class", "c.oid")}`;

const INDEXES = `
SELECT 'pg_class:' || i.oid AS id, n.nspname || '.' || i.relname AS name, 'pg_class:' || x.indrelid AS of,
  pg_get_indexdef(i.oid) || ';' AS sql
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE ${IN_SCHEMAS} AND x.indisvalid AND ${own("pg_class", "x.indrelid")}
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
  AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.oid)
UNION ALL
SELECT 'pg_statistic_ext:' || s.oid, n.nspname || '.' || s.stxname, 'pg_class:' || s.stxrelid,
  pg_get_statisticsobjdef(s.oid) || ';'
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE ${IN_SCHEMAS}`;

const ROUTINES = `
SELECT 'pg_proc:' || p.oid AS id,
  n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
  rtrim(pg_get_functiondef(p.oid), E'\\n') || ';' AS sql
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE ${IN_SCHEMAS} AND p.prokind IN ('f', 'p', 'w') AND ${own("pg_proc", "p.oid")}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
UNION ALL
SELECT 'pg_proc:' || p.oid,
  n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
  format('CREATE AGGREGATE %I.%I(%s) (SFUNC = %s, STYPE = %s', n.nspname, p.proname,
    pg_get_function_arguments(p.oid), a.aggtransfn, format_type(a.aggtranstype, NULL))
    || CASE WHEN a.aggfinalfn::oid <> 0 THEN ', FINALFUNC = ' || a.aggfinalfn ELSE '' END
    || CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END
    || CASE WHEN a.aggcombinefn::oid <> 0 THEN ', COMBINEFUNC = ' || a.aggcombinefn ELSE '' END
    || coalesce(', INITCOND = ' || quote_literal(a.agginitval), '')
    || CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' ELSE '' END
    || ');'
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE ${IN_SCHEMAS} AND a.aggkind = 'n' AND ${own("pg_proc", "p.oid")}`;

const VIEWS = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name, c.relkind = 'm' AS "isMaterialized",
  format('CREATE %s %I.%I%s AS', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
    n.nspname, c.relname, coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', ''))
    || E'\\n' || rtrim(pg_get_viewdef(c.oid), ';') || CASE c.relkind WHEN 'm' THEN E'\\nWITH NO DATA;' ELSE ';' END AS sql,
  CASE WHEN c.relispopulated AND c.relkind = 'm'
    THEN format('REFRESH MATERIALIZED VIEW %I.%I;', n.nspname, c.relname) END AS refresh
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind IN ('v', 'm') AND ${own("pg_class", "c.oid")}`;

const RULES = `
SELECT 'pg_rewrite:' || r.oid AS id, n.nspname || '.' || c.relname || '.' || r.rulename AS name,
  'pg_class:' || c.oid AS of, pg_get_ruledef(r.oid) AS sql
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND r.rulename <> '_RETURN' AND ${own("pg_class", "c.oid")}`;

const ROW_SECURITY = `
SELECT 'row security:' || c.oid AS id, n.nspname || '.' || c.relname AS name, 'pg_class:' || c.oid AS of,
  CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY;', n.nspname, c.relname) ELSE '' END
    || CASE WHEN c.relforcerowsecurity
       THEN format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY;', n.nspname, c.relname) ELSE '' END AS sql
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND (c.relrowsecurity OR c.relforcerowsecurity)
  AND ${own("pg_class", "c.oid")}`;

const POLICIES = `
SELECT 'pg_policy:' || p.oid AS id, n.nspname || '.' || c.relname || '.' || p.polname AS name, 'pg_class:' || c.oid AS of,
  format('CREATE POLICY %I ON %I.%I%s FOR %s TO %s', p.polname, n.nspname, c.relname,
    CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY position)
     FROM unnest(p.polroles) WITH ORDINALITY AS r (role, position)))
    || coalesce(E'\\n  USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
    || coalesce(E'\\n  WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') || ';' AS sql
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "c.oid")}`;

const TRIGGERS = `
SELECT 'pg_trigger:' || t.oid AS id, n.nspname || '.' || c.relname || '.' || t.tgname AS name, 'pg_class:' || c.oid AS of,
  pg_get_triggerdef(t.oid) || ';' || CASE WHEN t.tgenabled = 'O' THEN '' ELSE format(E'\\nALTER TABLE %I.%I %s TRIGGER %I;',
    n.nspname, c.relname,
    CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname) END AS sql
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND NOT t.tgisinternal AND t.tgparentid = 0 AND ${own("pg_class", "c.oid")}`;

/** The role that owns what an import makes. */
const IMPORTER = `(SELECT coalesce((SELECT oid FROM pg_roles WHERE rolname = 'project_admin'),
  (SELECT oid FROM pg_roles WHERE rolname = current_user)))`;

/**
 * Every object that privileges are granted on, its privileges, and those that a new one gets by
 * itself.
 */
const PRIVILEGES = `
WITH target (id, name, schema, type, what, owner, acl) AS (
  SELECT 'pg_class:' || c.oid, n.nspname || '.' || c.relname, n.oid, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END,
    CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || format('%I.%I', n.nspname, c.relname), c.relowner, c.relacl
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND ${own("pg_class", "c.oid")}
  UNION ALL
  SELECT 'pg_proc:' || p.oid, n.nspname || '.' || p.proname, n.oid, 'f', CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END
    || format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, p.proacl
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE ${IN_SCHEMAS} AND p.prokind <> 'a' AND ${own("pg_proc", "p.oid")}
  UNION ALL
  SELECT 'pg_type:' || t.oid, n.nspname || '.' || t.typname, n.oid, 'T', 'TYPE ' || format('%I.%I', n.nspname, t.typname),
    t.typowner, t.typacl
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE ${IN_SCHEMAS} AND t.typtype IN ('e', 'd', 'r') AND ${own("pg_type", "t.oid")}
  UNION ALL
  SELECT 'pg_namespace:' || n.oid, n.nspname, 0::oid, 'n', 'SCHEMA ' || format('%I', n.nspname), n.nspowner, n.nspacl
  FROM pg_namespace n WHERE ${IN_SCHEMAS} AND n.nspname <> 'public'
), entry AS (
  SELECT t.id, t.name, t.what, true AS "isActual", a.grantee, a.privilege_type, a.is_grantable
  FROM target t CROSS JOIN LATERAL aclexplode(coalesce(t.acl, acldefault(t.type::"char", t.owner))) a
  WHERE a.grantee <> t.owner AND a.grantee <> ${IMPORTER}
  UNION ALL
  SELECT t.id, t.name, t.what, false, a.grantee, a.privilege_type, a.is_grantable
  FROM target t CROSS JOIN LATERAL (
    SELECT * FROM aclexplode(coalesce(
      (SELECT d.defaclacl FROM pg_default_acl d WHERE d.defaclrole = ${IMPORTER} AND d.defaclnamespace = 0
        AND d.defaclobjtype = CASE t.type WHEN 's' THEN 'S' ELSE t.type END::"char"),
      acldefault(t.type::"char", ${IMPORTER})))
    UNION
    SELECT e.* FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) e
    WHERE d.defaclrole = ${IMPORTER} AND d.defaclnamespace = t.schema
      AND d.defaclobjtype = CASE t.type WHEN 's' THEN 'S' ELSE t.type END::"char") a
  WHERE a.grantee <> ${IMPORTER}
)
SELECT id AS of, name, what, "isActual", CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS grantee,
  privilege_type AS privilege, is_grantable AS "isGrantable"
FROM entry
UNION ALL
SELECT 'pg_class:' || c.oid, n.nspname || '.' || c.relname, 'TABLE ' || format('%I.%I', n.nspname, c.relname), true,
  CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE e.grantee::regrole::text END,
  format('%s (%I)', e.privilege_type, a.attname), e.is_grantable
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
CROSS JOIN LATERAL aclexplode(a.attacl) e
WHERE ${IN_SCHEMAS} AND e.grantee <> c.relowner AND e.grantee <> ${IMPORTER} AND ${
  own("pg_class", "c.oid")
}
ORDER BY 2, 3, 5, 6`;

const COMMENTS = `
SELECT 'comment:' || d.classoid || ':' || d.objoid || ':' || d.objsubid AS id,
  d.classoid::regclass::text || ':' || d.objoid AS of, i.identity AS name,
  format('COMMENT ON %s %s IS %L;', CASE
    WHEN d.objsubid > 0 THEN 'COLUMN' WHEN i.type LIKE '%constraint' THEN 'CONSTRAINT'
    WHEN i.type = 'statistics object' THEN 'STATISTICS' ELSE upper(i.type) END, i.identity, d.description) AS sql
FROM pg_description d
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
WHERE d.objoid >= 16384 AND d.classoid <> 'pg_extension'::regclass
  AND NOT EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')`;

/**
 * Every dependency between objects that are not PostgreSQL's own; that of a sequence on its column
 * is no obstacle.
 */
const DEPENDENCIES = `
SELECT DISTINCT d.classid::regclass::text || ':' || d.objid AS id, d.refclassid::regclass::text || ':' || d.refobjid AS needs
FROM pg_depend d
WHERE d.objid >= 16384 AND d.refobjid >= 16384
  AND NOT (d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0
    AND EXISTS (SELECT FROM pg_sequence s WHERE s.seqrelid = d.objid))`;

/** Objects that are part of another one, by which they are known here. */
const ALIASES = `
SELECT 'pg_attrdef:' || d.oid AS id, 'pg_class:' || d.adrelid AS of FROM pg_attrdef d
UNION ALL SELECT 'pg_rewrite:' || r.oid, 'pg_class:' || r.ev_class FROM pg_rewrite r WHERE r.oid >= 16384 AND r.rulename = '_RETURN'
UNION ALL SELECT 'pg_type:' || t.oid, 'pg_class:' || t.typrelid FROM pg_type t WHERE t.oid >= 16384 AND t.typrelid <> 0
UNION ALL SELECT 'pg_type:' || t.oid, 'pg_type:' || t.typelem FROM pg_type t
  WHERE t.oid >= 16384 AND t.typelem <> 0 AND t.typcategory = 'A'
UNION ALL SELECT 'pg_type:' || r.rngmultitypid, 'pg_type:' || r.rngtypid FROM pg_range r WHERE r.rngtypid >= 16384
UNION ALL SELECT 'pg_constraint:' || k.oid, 'pg_type:' || k.contypid FROM pg_constraint k WHERE k.contypid <> 0
UNION ALL SELECT 'pg_constraint:' || k.oid, 'pg_class:' || k.conrelid FROM pg_constraint k WHERE k.contype = 'n' AND k.conrelid <> 0
UNION ALL SELECT 'pg_class:' || k.conindid, 'pg_constraint:' || k.oid FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x')
UNION ALL SELECT e.classid::regclass::text || ':' || e.objid, 'pg_extension:' || e.refobjid FROM pg_depend e
  WHERE e.deptype = 'e' AND e.refclassid = 'pg_extension'::regclass`;

/** What a dump cannot reproduce, by kind and name. */
const UNSUPPORTED = `
SELECT 'foreign table' AS kind, n.nspname || '.' || c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind = 'f' AND ${own("pg_class", "c.oid")}
UNION ALL SELECT 'operator', n.nspname || '.' || o.oprname FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_operator", "o.oid")}
UNION ALL SELECT 'operator class', n.nspname || '.' || o.opcname FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_opclass", "o.oid")}
UNION ALL SELECT 'collation', n.nspname || '.' || c.collname FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_collation", "c.oid")}
UNION ALL SELECT 'text search configuration', n.nspname || '.' || c.cfgname
FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_ts_config", "c.oid")}
UNION ALL SELECT 'text search dictionary', n.nspname || '.' || c.dictname
FROM pg_ts_dict c JOIN pg_namespace n ON n.oid = c.dictnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_ts_dict", "c.oid")}
UNION ALL SELECT 'aggregate', n.nspname || '.' || p.proname
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE ${IN_SCHEMAS} AND a.aggkind <> 'n' AND ${own("pg_proc", "p.oid")}
UNION ALL SELECT 'base type', n.nspname || '.' || t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_range r ON r.rngtypid = t.oid
WHERE ${IN_SCHEMAS} AND (t.typtype = 'b' AND t.typelem = 0 OR r.rngcanonical::oid <> 0) AND ${
  own("pg_type", "t.oid")
}
ORDER BY 1, 2`;

const QUERIES = {
  schemas: SCHEMAS,
  extensions: EXTENSIONS,
  enums: ENUMS,
  domains: DOMAINS,
  composites: COMPOSITES,
  ranges: RANGES,
  sequences: SEQUENCES,
  sequenceOwners: SEQUENCE_OWNERS,
  sequenceValues: SEQUENCE_VALUES,
  tables: TABLES,
  columns: COLUMNS,
  partitions: PARTITIONS,
  constraints: CONSTRAINTS,
  indexes: INDEXES,
  routines: ROUTINES,
  views: VIEWS,
  rules: RULES,
  rowSecurity: ROW_SECURITY,
  policies: POLICIES,
  triggers: TRIGGERS,
  privileges: PRIVILEGES,
  comments: COMMENTS,
  dependencies: DEPENDENCIES,
  aliases: ALIASES,
  unsupported: UNSUPPORTED,
};

export type CatalogName = keyof typeof QUERIES;

/**
 * One statement, and so one moment, that answers a row with the rows of every query as a JSON
 * array.
 */
export const CATALOG = `SELECT ${
  Object.entries(QUERIES).map(([name, query]) =>
    `(SELECT coalesce(json_agg(q), '[]') FROM (${query}) q) AS "${name}"`
  ).join(",\n")
}`;
