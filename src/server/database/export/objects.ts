/** What an export can hold beside tables (contract section 6.7). */

/** Functions of schema `public`, without those of extensions. */
export const FUNCTIONS_SQL = `
SELECT p.proname AS "functionName", pg_get_functiondef(p.oid) AS "functionDef", p.prokind AS kind
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prokind IN ('f', 'p', 'w')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.deptype IN ('e', 'i'))
ORDER BY 1, 2`;

/** Sequences of schema `public`; every number is text. */
export const SEQUENCES_SQL = `
SELECT sequencename AS "sequenceName", start_value::text AS "startValue", increment_by::text AS increment,
  min_value::text AS "minValue", max_value::text AS "maxValue", CASE WHEN cycle THEN 'YES' ELSE 'NO' END AS cycle
FROM pg_sequences WHERE schemaname = 'public'
ORDER BY 1`;

/** Views of schema `public`. */
export const VIEWS_SQL = `
SELECT viewname AS "viewName", definition
FROM pg_views WHERE schemaname = 'public'
ORDER BY 1`;
