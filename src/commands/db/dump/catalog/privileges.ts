/** Privileges, and those that new objects get. */
import { IN_SCHEMAS, own, ownPart } from "./scope.ts";

/** The role that owns what an import makes. */
const IMPORTER = `(SELECT coalesce((SELECT oid FROM pg_roles WHERE rolname = 'project_admin'),
  (SELECT oid FROM pg_roles WHERE rolname = current_user)))`;

const OF_TABLES =
  `(SELECT count(*)::int FROM aclexplode(acldefault('r', ${IMPORTER}))) AS "ofTables"`;

/**
 * Every object that privileges are granted on, its privileges, and those that a new one gets by
 * itself.
 */
export const PRIVILEGES = `
WITH target (id, name, schema, type, what, owner, acl) AS (
  SELECT 'pg_class:' || c.oid, n.nspname || '.' || c.relname, n.oid, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END,
    CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || format('%I.%I', n.nspname, c.relname), c.relowner, c.relacl
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND ${own("pg_class", "c.oid")}
  UNION ALL
  SELECT 'pg_proc:' || p.oid, n.nspname || '.' || p.proname, n.oid, 'f', CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END
    || format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, p.proacl
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE ${IN_SCHEMAS} AND ${own("pg_proc", "p.oid")} AND ${ownPart("pg_proc", "p.oid")}
  UNION ALL
  SELECT 'pg_type:' || t.oid, n.nspname || '.' || t.typname, n.oid, 'T', 'TYPE ' || format('%I.%I', n.nspname, t.typname),
    t.typowner, t.typacl
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE ${IN_SCHEMAS} AND t.typtype IN ('e', 'd', 'r') AND ${own("pg_type", "t.oid")}
  UNION ALL
  SELECT 'pg_namespace:' || n.oid, n.nspname, 0::oid, 'n', 'SCHEMA ' || format('%I', n.nspname), n.nspowner, n.nspacl
  FROM pg_namespace n WHERE ${IN_SCHEMAS}
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
  WHERE a.grantee <> ${IMPORTER} AND t.what <> 'SCHEMA public'
  UNION ALL
  -- What a backend itself gives on its first schema.
  SELECT t.id, t.name, t.what, false, r.oid, 'USAGE', false FROM target t
  CROSS JOIN (SELECT 0::oid AS oid UNION ALL SELECT oid FROM pg_roles WHERE rolname IN ('anon', 'authenticated')) r
  WHERE t.what = 'SCHEMA public'
)
SELECT id AS of, name, what, "isActual", CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS grantee,
  privilege_type AS privilege, is_grantable AS "isGrantable", ${OF_TABLES}
FROM entry
UNION ALL
SELECT 'pg_class:' || c.oid, n.nspname || '.' || c.relname, 'TABLE ' || format('%I.%I', n.nspname, c.relname), true,
  CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE e.grantee::regrole::text END,
  format('%s (%I)', e.privilege_type, a.attname), e.is_grantable, ${OF_TABLES}
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
CROSS JOIN LATERAL aclexplode(a.attacl) e
WHERE ${IN_SCHEMAS} AND e.grantee <> c.relowner AND e.grantee <> ${IMPORTER} AND ${
  own("pg_class", "c.oid")
}
ORDER BY 2, 3, 5, 6`;

/**
 * What the objects get that the importer makes: in a schema beside, else instead of, what
 * PostgreSQL gives.
 */
export const DEFAULT_PRIVILEGES = `
WITH target (schema, type, acl) AS (
  SELECT n.nspname, d.defaclobjtype, d.defaclacl
  FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace
  WHERE d.defaclrole = ${IMPORTER} AND ${IN_SCHEMAS}
  UNION ALL SELECT NULL, d.defaclobjtype, d.defaclacl
  FROM pg_default_acl d WHERE d.defaclrole = ${IMPORTER} AND d.defaclnamespace = 0
), entry AS (
  SELECT t.schema, t.type, true AS "isActual", a.* FROM target t CROSS JOIN LATERAL aclexplode(t.acl) a
  UNION ALL SELECT t.schema, t.type, false, a.* FROM target t
  CROSS JOIN LATERAL aclexplode(acldefault(CASE t.type WHEN 'S' THEN 's' ELSE t.type END, ${IMPORTER})) a
  WHERE t.schema IS NULL
)
SELECT coalesce(' IN SCHEMA ' || quote_ident(schema), '') AS scope, schema AS name,
  CASE type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
    WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS what, "isActual",
  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS grantee, privilege_type AS privilege,
  is_grantable AS "isGrantable", ${OF_TABLES}
FROM entry WHERE grantee <> ${IMPORTER}`;
