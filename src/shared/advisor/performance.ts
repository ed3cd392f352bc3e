/** What makes statements slower than they have to be. */
import { isExtensions, type Rule } from "./rule.ts";

/**
 * Bytes of an index that nobody has used yet and that need not be told: an empty one has a page.
 */
const SMALL_INDEX = 8192;

const FOREIGN_KEYS: Rule = {
  id: "missing-fk-index",
  severity: "warning",
  category: "performance",
  title: "A foreign key without index",
  why: "Joins, and deleting what it refers to, read the whole table.",
  sql: `
SELECT format('%s.%s.%s', n.nspname, c.relname, k.conname) AS object,
  format('No index begins with %s.', cols.names) AS detail,
  format('CREATE INDEX ON %I.%I (%s);', n.nspname, c.relname, cols.quoted) AS fix
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid AND NOT c.relispartition
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ANY($1::text[])
CROSS JOIN LATERAL (
  SELECT string_agg(a.attname, ', ' ORDER BY u.position) AS names,
    string_agg(quote_ident(a.attname), ', ' ORDER BY u.position) AS quoted
  FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, position)
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum) cols
WHERE k.contype = 'f' AND NOT ${isExtensions("pg_class", "c.oid")}
  AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisvalid AND x.indpred IS NULL
    AND (x.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)`,
};

/** A policy's expressions, whose columns PostgreSQL keeps; an index is no help to INSERT. */
const POLICY_COLUMNS: Rule = {
  id: "missing-rls-index",
  severity: "warning",
  category: "performance",
  title: "A policy whose columns have no index",
  why: "Every query is filtered by it, and so reads the whole table.",
  sql: `
SELECT format('%s.%s.%s', n.nspname, c.relname, a.attname) AS object,
  format('The policy %s compares the column, and no index has it.', min(p.polname)) AS detail,
  format('CREATE INDEX ON %I.%I (%I);', n.nspname, c.relname, a.attname) AS fix
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid AND c.relkind IN ('r', 'p') AND c.relrowsecurity
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ANY($1::text[])
JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid > 0
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND a.atttypid <> 'bool'::regtype
WHERE p.polcmd <> 'a' AND NOT ${isExtensions("pg_class", "c.oid")}
  AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisvalid
    AND a.attnum = ANY(x.indkey::int2[]))
GROUP BY n.nspname, c.relname, a.attname`,
};

/** Calls whose result is the same for every row of a statement. */
const CALLS = String.raw`(?:auth\.(?:uid|jwt|role|email)\(\)|current_setting\([^()]*\))`;

/** A policy's expression with its calls as they are, and with each in a subquery of its own. */
const bare = (expression: string) =>
  String.raw`regexp_replace(${expression}, '\(\s*SELECT (${CALLS}) AS \w+\)', '\1', 'g')`;
const wrapped = (expression: string) =>
  String.raw`regexp_replace(${bare(expression)}, '(${CALLS})', '(SELECT \1)', 'g')`;
const callsPerRow = (expression: string) =>
  String.raw`regexp_replace(${expression}, '\(\s*SELECT ${CALLS} AS \w+\)', '', 'g') ~ '${CALLS}'`;

const PER_ROW: Rule = {
  id: "rls-policy-perf",
  severity: "warning",
  category: "performance",
  title: "A policy that asks who is calling for every row",
  why: "In a subquery it is asked once a statement.",
  sql: `
SELECT format('%s.%s (%s)', n.nspname, c.relname, p.polname) AS object,
  'auth.uid(), its kin or current_setting() stand in it by themselves.' AS detail,
  format('ALTER POLICY %I ON %I.%I', p.polname, n.nspname, c.relname)
    || coalesce(' USING (' || ${wrapped("e.using")} || ')', '')
    || coalesce(' WITH CHECK (' || ${wrapped("e.check")} || ')', '') || ';' AS fix
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid AND c.relrowsecurity
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ANY($1::text[])
CROSS JOIN LATERAL (SELECT pg_get_expr(p.polqual, c.oid) AS "using",
  pg_get_expr(p.polwithcheck, c.oid) AS "check") e
WHERE NOT ${isExtensions("pg_class", "c.oid")}
  AND (${callsPerRow("e.using")} OR ${callsPerRow("e.check")})`,
};

const UNUSED_INDEX: Rule = {
  id: "unused-index",
  severity: "info",
  category: "performance",
  title: "An index that nothing uses",
  why: "Every write has to keep it up.",
  sql: `
SELECT format('%s.%s', s.schemaname, s.indexrelname) AS object,
  format('No query has used it, and it has %s.', pg_size_pretty(pg_relation_size(s.indexrelid))) AS detail,
  format('DROP INDEX %I.%I;', s.schemaname, s.indexrelname) AS fix
FROM pg_stat_user_indexes s JOIN pg_index x ON x.indexrelid = s.indexrelid
WHERE s.schemaname = ANY($1::text[]) AND s.idx_scan = 0 AND NOT x.indisunique AND NOT x.indisexclusion
  AND NOT x.indisreplident AND pg_relation_size(s.indexrelid) > ${SMALL_INDEX}
  AND NOT ${isExtensions("pg_class", "x.indrelid")}`,
};

/** Which of equal indexes goes: one without constraint, and the weaker one first. */
const DUPLICATE_INDEX: Rule = {
  id: "duplicate-index",
  severity: "warning",
  category: "performance",
  title: "Two indexes of the same columns",
  why: "Every write has to keep both up.",
  sql: `
WITH indexes AS (
  SELECT x.*, c.relname, c.relam, n.nspname, concat_ws(' ', x.indkey::text, x.indclass::text, x.indcollation::text,
      x.indoption::text, pg_get_expr(x.indexprs, x.indrelid), 'where', pg_get_expr(x.indpred, x.indrelid)) AS what,
    x.indisreplident OR EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid) AS "isNeeded"
  FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid AND NOT c.relispartition
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ANY($1::text[])
  WHERE x.indisvalid AND NOT ${isExtensions("pg_class", "x.indrelid")})
SELECT DISTINCT ON (i.indexrelid) format('%s.%s', i.nspname, i.relname) AS object,
  format('%s has the same columns.', j.relname) AS detail,
  format('DROP INDEX %I.%I;', i.nspname, i.relname) AS fix
FROM indexes i JOIN indexes j ON j.indrelid = i.indrelid AND j.relam = i.relam AND j.what = i.what
  AND j.indexrelid <> i.indexrelid AND (j.indisunique OR NOT i.indisunique)
WHERE NOT i."isNeeded" AND (j."isNeeded" OR j.indisunique AND NOT i.indisunique
  OR j.indisunique = i.indisunique AND j.indexrelid < i.indexrelid)`,
};

export const PERFORMANCE: readonly Rule[] = [
  FOREIGN_KEYS,
  POLICY_COLUMNS,
  PER_ROW,
  UNUSED_INDEX,
  DUPLICATE_INDEX,
];
