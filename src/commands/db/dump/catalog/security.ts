/** Row security, policies and triggers. */
import { IN_SCHEMAS, own } from "./scope.ts";

export const ROW_SECURITY = `
SELECT 'row security:' || c.oid AS id, n.nspname || '.' || c.relname AS name, 'pg_class:' || c.oid AS of,
  format('ALTER TABLE %1$I.%2$I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;', n.nspname, c.relname) AS undo,
  CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY;', n.nspname, c.relname) ELSE '' END
    || CASE WHEN c.relrowsecurity AND c.relforcerowsecurity THEN E'\\n' ELSE '' END
    || CASE WHEN c.relforcerowsecurity
       THEN format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY;', n.nspname, c.relname) ELSE '' END AS sql
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND (c.relrowsecurity OR c.relforcerowsecurity)
  AND ${own("pg_class", "c.oid")}`;

export const POLICIES = `
SELECT 'pg_policy:' || p.oid AS id, n.nspname || '.' || c.relname || '.' || p.polname AS name, 'pg_class:' || c.oid AS of,
  format('DROP POLICY IF EXISTS %I ON %I.%I;', p.polname, n.nspname, c.relname) AS drop,
  format('CREATE POLICY %I ON %I.%I%s FOR %s TO %s', p.polname, n.nspname, c.relname,
    CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY position)
     FROM unnest(p.polroles) WITH ORDINALITY AS r (role, position)))
    || coalesce(E'\\n  USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
    || coalesce(E'\\n  WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') || ';' AS sql
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_class", "c.oid")}`;

export const TRIGGERS = `
SELECT 'pg_trigger:' || t.oid AS id, n.nspname || '.' || c.relname || '.' || t.tgname AS name, 'pg_class:' || c.oid AS of,
  format('DROP TRIGGER IF EXISTS %I ON %I.%I;', t.tgname, n.nspname, c.relname) AS drop,
  pg_get_triggerdef(t.oid) || ';' || CASE WHEN t.tgenabled = 'O' THEN '' ELSE format(E'\\nALTER TABLE %I.%I %s TRIGGER %I;',
    n.nspname, c.relname,
    CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname) END AS sql
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND NOT t.tgisinternal AND t.tgparentid = 0 AND ${own("pg_class", "c.oid")}`;

/** Triggers that a partition has from its parent, switched otherwise than there. */
export const PARTITION_TRIGGERS = `
SELECT 'partition trigger:' || t.oid AS id, n.nspname || '.' || c.relname || '.' || t.tgname AS name, 'pg_class:' || c.oid AS of,
  'pg_class:' || p.tgrelid AS "refersTo",
  format('ALTER TABLE ONLY %I.%I %s TRIGGER %I;', n.nspname, c.relname, CASE t.tgenabled
    WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname) AS sql
FROM pg_trigger t JOIN pg_trigger p ON p.oid = t.tgparentid AND p.tgenabled <> t.tgenabled
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND NOT t.tgisinternal AND ${own("pg_class", "c.oid")}`;
