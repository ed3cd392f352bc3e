/** Who may see and change what they should not. */
import { isExtensions, type Rule } from "./rule.ts";

/** The roles that come from outside, as far as they exist. */
const OUTSIDE =
  `SELECT r.oid, r.rolname FROM pg_roles r WHERE r.rolname IN ('anon', 'authenticated')`;

/** The tables `c` of the schemas `n` that are looked at. */
const TABLES = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  AND n.nspname = ANY($1::text[]) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT ${isExtensions("pg_class", "c.oid")}`;

/** The column that says whose a row is: one that refers to the users, or is named so. */
const OWNER_COLUMN = `(
  SELECT a.attname FROM pg_attribute a
  LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum]
    AND k.confrelid = to_regclass('auth.users')
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'uuid'::regtype
    AND (k.oid IS NOT NULL OR a.attname IN ('user_id', 'owner_id', 'author_id', 'created_by'))
  ORDER BY k.oid IS NULL, a.attnum LIMIT 1)`;

/** A policy by which everybody has their own rows; null where no column says whose they are. */
const ownRows = (column: string) => `
    format('CREATE POLICY "own rows" ON %I.%I TO authenticated USING ((SELECT auth.uid()) = ', n.nspname, c.relname)
      || quote_ident(${column}) || ') WITH CHECK ((SELECT auth.uid()) = ' || quote_ident(${column}) || ');'`;

const RLS_DISABLED: Rule = {
  id: "rls-disabled",
  severity: "critical",
  category: "security",
  title: "Row-level security is off",
  why: "Whoever has the key of an app can read or change every row.",
  sql: `
SELECT format('%s.%s', n.nspname, c.relname) AS object,
  format('%s may use the table, and no policy limits it.',
    (SELECT string_agg(rolname, ' and ' ORDER BY rolname) FROM (${OUTSIDE}) r
     WHERE has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE'))) AS detail,
  format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY;', n.nspname, c.relname)
    || coalesce(E'\\n' || ${ownRows("o.name")}, '') AS fix
FROM ${TABLES} CROSS JOIN LATERAL (
  SELECT ${OWNER_COLUMN} AS name WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
  UNION ALL SELECT NULL WHERE EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)) o
WHERE NOT c.relrowsecurity AND EXISTS (SELECT FROM (${OUTSIDE}) r
  WHERE has_schema_privilege(r.oid, n.oid, 'USAGE')
    AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE'))`,
};

const RLS_NO_POLICY: Rule = {
  id: "rls-no-policy",
  severity: "critical",
  category: "security",
  title: "Row-level security without a policy",
  why:
    "Nobody but the owner sees a row: either a policy is missing, or the privileges are too many.",
  sql: `
SELECT format('%s.%s', n.nspname, c.relname) AS object,
  'Row-level security is on, and there is no policy.' AS detail,
  coalesce(${ownRows("o.name")},
    format('REVOKE ALL ON %I.%I FROM anon, authenticated;', n.nspname, c.relname)) AS fix
FROM ${TABLES} CROSS JOIN LATERAL (SELECT ${OWNER_COLUMN} AS name) o
WHERE c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
  AND EXISTS (SELECT FROM (${OUTSIDE}) r
    WHERE has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE'))`,
};

/** An expression that is true of every row, as PostgreSQL writes it back. */
const isTrue = (expression: string) =>
  `regexp_replace(lower(${expression}), '\\s|[()]', '', 'g') IN ('true', 'true::boolean', '1=1')`;

const RLS_PERMISSIVE: Rule = {
  id: "rls-permissive",
  severity: "warning",
  category: "security",
  title: "A policy that lets everything through",
  why: "It is as if row-level security were off for them.",
  sql: `
SELECT format('%s.%s (%s)', n.nspname, c.relname, p.polname) AS object,
  format('The policy lets %s %s every row.', whom.names, whom.verb) AS detail,
  CASE WHEN whom."isAnonymous" THEN 'critical' END AS severity,
  CASE WHEN owner.name IS NULL THEN format('DROP POLICY %I ON %I.%I;', p.polname, n.nspname, c.relname)
  ELSE format('ALTER POLICY %I ON %I.%I', p.polname, n.nspname, c.relname)
    || CASE WHEN p.polqual IS NOT NULL THEN format(' USING ((SELECT auth.uid()) = %I)', owner.name) ELSE '' END
    || CASE WHEN p.polwithcheck IS NOT NULL
       THEN format(' WITH CHECK ((SELECT auth.uid()) = %I)', owner.name) ELSE '' END || ';' END AS fix
FROM ${TABLES} JOIN pg_policy p ON p.polrelid = c.oid
CROSS JOIN LATERAL (SELECT ${OWNER_COLUMN} AS name) owner
CROSS JOIN LATERAL (
  SELECT string_agg(r.rolname, ' and ' ORDER BY r.rolname) AS names,
    coalesce(bool_or(r.rolname = 'anon'), false) AS "isAnonymous",
    CASE p.polcmd WHEN 'r' THEN 'read' WHEN 'a' THEN 'add' WHEN 'w' THEN 'change' WHEN 'd' THEN 'delete'
      ELSE 'read and change' END AS verb
  FROM (${OUTSIDE}) r
  WHERE (0::oid = ANY(p.polroles) OR r.oid = ANY(p.polroles)) AND has_table_privilege(r.oid, c.oid,
    CASE p.polcmd WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'SELECT' END)) whom
WHERE c.relrowsecurity AND p.polpermissive AND whom.names IS NOT NULL
  AND (${isTrue("pg_get_expr(p.polqual, p.polrelid)")}
    OR ${isTrue("pg_get_expr(p.polwithcheck, p.polrelid)")})`,
};

const RLS_SELECT_ONLY: Rule = {
  id: "rls-select-only",
  severity: "info",
  category: "security",
  title: "Policies for reading alone",
  why: "Writes are refused: that is right for what is only read.",
  sql: `
SELECT format('%s.%s', n.nspname, c.relname) AS object,
  'There are policies for SELECT and none for writes, which the privileges allow.' AS detail,
  format('REVOKE INSERT, UPDATE, DELETE ON %I.%I FROM anon, authenticated;', n.nspname, c.relname) AS fix
FROM ${TABLES}
WHERE c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = 'r')
  AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd <> 'r')
  AND EXISTS (SELECT FROM (${OUTSIDE}) r
    WHERE has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE'))`,
};

/** SECURITY DEFINER functions; a trigger's runs whatever its privileges are. */
const DEFINERS = `pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  AND n.nspname = ANY($1::text[]) AND p.prosecdef AND NOT ${isExtensions("pg_proc", "p.oid")}`;

const SIGNATURE =
  `format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))`;

const DANGEROUS_FUNCTION: Rule = {
  id: "dangerous-function",
  severity: "critical",
  category: "security",
  title: "A SECURITY DEFINER function that anybody may call",
  why: "It acts as its owner, whom no policy limits.",
  sql: `
SELECT format('%s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS object,
  format('%s may call it.', (SELECT string_agg(r.rolname, ' and ' ORDER BY r.rolname) FROM (${OUTSIDE}) r
    WHERE has_function_privilege(r.oid, p.oid, 'EXECUTE'))) AS detail,
  format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC, anon, authenticated;', ${SIGNATURE}) AS fix
FROM ${DEFINERS}
WHERE p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  AND EXISTS (SELECT FROM (${OUTSIDE}) r WHERE has_function_privilege(r.oid, p.oid, 'EXECUTE'))`,
};

const SEARCH_PATH: Rule = {
  id: "function-search-path",
  severity: "warning",
  category: "security",
  title: "A SECURITY DEFINER function without search_path",
  why: "Whoever calls it can put an object of their own in the place of one that it names.",
  sql: `
SELECT format('%s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS object,
  'The caller decides where the names in it are looked up.' AS detail,
  format('ALTER ROUTINE %s SET search_path = %I, pg_temp;', ${SIGNATURE}, n.nspname) AS fix
FROM ${DEFINERS}
WHERE NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%')`,
};

const VIEW_BYPASSES: Rule = {
  id: "view-bypasses-rls",
  severity: "critical",
  category: "security",
  title: "A view that row-level security does not reach",
  why: "A view reads as its owner, whom no policy limits, unless it is told otherwise.",
  sql: `
WITH RECURSIVE reads (view, relation) AS (
  SELECT r.ev_class, d.refobjid FROM pg_rewrite r
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
  UNION SELECT reads.view, d.refobjid FROM reads
  JOIN pg_rewrite r ON r.ev_class = reads.relation
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class)
SELECT format('%s.%s', n.nspname, v.relname) AS object,
  format('It reads %s, whose policies do not apply here.',
    (SELECT string_agg(DISTINCT t.oid::regclass::text, ', ') FROM reads
     JOIN pg_class t ON t.oid = reads.relation AND t.relrowsecurity WHERE reads.view = v.oid)) AS detail,
  CASE v.relkind WHEN 'v' THEN format('ALTER VIEW %I.%I SET (security_invoker = true);', n.nspname, v.relname)
    ELSE format('REVOKE ALL ON %I.%I FROM anon, authenticated;', n.nspname, v.relname) END AS fix
FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace AND n.nspname = ANY($1::text[])
WHERE v.relkind IN ('v', 'm') AND NOT ${isExtensions("pg_class", "v.oid")}
  AND NOT (v.relkind = 'v' AND EXISTS (SELECT FROM pg_options_to_table(v.reloptions) o
    WHERE o.option_name = 'security_invoker' AND lower(o.option_value) IN ('true', 'on', '1', 'yes')))
  AND EXISTS (SELECT FROM reads JOIN pg_class t ON t.oid = reads.relation AND t.relrowsecurity
    WHERE reads.view = v.oid)
  AND EXISTS (SELECT FROM (${OUTSIDE}) r WHERE has_table_privilege(r.oid, v.oid, 'SELECT'))`,
};

export const SECURITY: readonly Rule[] = [
  RLS_DISABLED,
  RLS_NO_POLICY,
  RLS_PERMISSIVE,
  RLS_SELECT_ONLY,
  DANGEROUS_FUNCTION,
  SEARCH_PATH,
  VIEW_BYPASSES,
];
