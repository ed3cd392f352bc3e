/** Views and rules. */
import { IN_SCHEMAS, own } from "./scope.ts";

export const VIEWS = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name,
  format('DROP %s IF EXISTS %I.%I;', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
    n.nspname, c.relname) AS drop,
  format('CREATE %s %I.%I%s%s AS', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
    n.nspname, c.relname,
    (SELECT format(' USING %I', m.amname) FROM pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap'),
    coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', ''))
    || E'\\n' || rtrim(pg_get_viewdef(c.oid), ';') || CASE c.relkind WHEN 'm' THEN E'\\nWITH NO DATA;' ELSE ';' END AS sql,
  CASE WHEN c.relispopulated AND c.relkind = 'm'
    THEN format('REFRESH MATERIALIZED VIEW %I.%I;', n.nspname, c.relname) END AS refresh
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind IN ('v', 'm') AND ${own("pg_class", "c.oid")}`;

export const VIEW_DEFAULTS = `
SELECT 'view default:' || d.oid AS id, n.nspname || '.' || c.relname || '.' || a.attname AS name, 'pg_class:' || c.oid AS of,
  format('ALTER VIEW %I.%I ALTER COLUMN %I DROP DEFAULT;', n.nspname, c.relname, a.attname) AS undo,
  format('ALTER VIEW %I.%I ALTER COLUMN %I SET DEFAULT %s;', n.nspname, c.relname, a.attname,
    pg_get_expr(d.adbin, d.adrelid)) AS sql
FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
WHERE ${IN_SCHEMAS} AND c.relkind = 'v' AND ${own("pg_class", "c.oid")}`;

export const RULES = `
SELECT 'pg_rewrite:' || r.oid AS id, n.nspname || '.' || c.relname || '.' || r.rulename AS name,
  format('DROP RULE IF EXISTS %I ON %I.%I;', r.rulename, n.nspname, c.relname) AS drop,
  'pg_class:' || c.oid AS of, pg_get_ruledef(r.oid) || CASE WHEN r.ev_enabled = 'O' THEN '' ELSE
    format(E'\\nALTER TABLE %I.%I %s RULE %I;', n.nspname, c.relname,
      CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, r.rulename) END AS sql
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND r.rulename <> '_RETURN' AND ${own("pg_class", "c.oid")}`;
