/** The function of an implicit cast from one type to another, as SQL writes it. */
const castFunction = (source: string, target: string) =>
  `(SELECT format('%I.%I', fn.nspname, f.proname) FROM pg_cast x JOIN pg_proc f ON f.oid = x.castfunc
    JOIN pg_namespace fn ON fn.oid = f.pronamespace
    WHERE x.castsource = ${source} AND x.casttarget = ${target} AND x.castcontext = 'i' AND x.castmethod = 'f')`;

/** Whether a domain `t` is one of text to search in, perhaps by others between them. */
const IS_SEARCH_DOMAIN =
  `(WITH RECURSIVE base AS (SELECT t.typbasetype AS oid UNION ALL SELECT b.typbasetype FROM base JOIN pg_type b USING (oid))
    SELECT bool_or(base.oid = 'tsvector'::regtype) FROM base)`;

/** Tables, views and the like of a schema. */
export const RELATIONS = `
SELECT c.oid::int8::text AS oid, c.relname AS name, c.relkind AS kind,
  coalesce((SELECT json_agg(json_build_object(
      'number', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'holdsText', t.typcategory = 'S', 'isSearchVector', t.oid = 'tsvector'::regtype OR t.typtype = 'd' AND ${IS_SEARCH_DOMAIN},
      'casts', CASE WHEN t.typtype = 'd' THEN json_build_object('toJson', ${
  castFunction("t.oid", "'json'::regtype")
},
        'fromJson', ${castFunction("'json'::regtype", "t.oid")}, 'fromText', ${
  castFunction("'text'::regtype", "t.oid")
}) END,
      'isRequired', a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',
      'default', CASE WHEN a.attidentity <> '' THEN format('nextval(%L::regclass)', pg_get_serial_sequence(c.oid::regclass::text, a.attname))
        WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid), pg_get_expr(t.typdefaultbin, 0)) END) ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns,
  ARRAY(SELECT a.attname FROM pg_index x, unnest(x.indkey) WITH ORDINALITY AS k (number, position)
    JOIN pg_attribute a ON a.attnum = k.number
    WHERE x.indrelid = c.oid AND x.indisprimary AND a.attrelid = c.oid ORDER BY k.position)::text[] AS "primaryKey"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'f', 'p')`;

/** All foreign keys, since views show tables of other schemas. */
export const FOREIGN_KEYS = `
SELECT k.conname AS name, k.conrelid::int8::text AS "from", k.confrelid::int8::text AS "to",
  k.conkey::int4[] AS columns, k.confkey::int4[] AS "refColumns",
  EXISTS (SELECT FROM pg_index x WHERE x.indrelid = k.conrelid AND x.indisunique AND x.indpred IS NULL
    AND x.indkey::int2[] <@ k.conkey AND x.indnkeyatts = cardinality(x.indkey::int2[])) AS "isUnique"
FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.conname`;

/** The queries of all views, as PostgreSQL keeps them. */
export const VIEWS = `
SELECT r.ev_class::int8::text AS oid, r.ev_action::text AS query
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.oid >= 16384 AND r.ev_type = '1' AND c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`;

/** The primary keys of all tables: what makes a table a junction of two others. */
export const PRIMARY_KEYS = `
SELECT x.indrelid::int8::text AS oid, x.indkey::int2[]::int4[] AS columns FROM pg_index x
WHERE x.indexrelid >= 16384 AND x.indisprimary`;

/** Whether a type `t` is a domain that is named like a media type. */
const IS_MEDIA_TYPE =
  `t.typtype = 'd' AND (t.typname ~ '^[A-Za-z0-9.-]+/[A-Za-z0-9.+-]+$' OR t.typname = '*/*')`;

/** Whether a type `t`, with `b` below it, holds bytes. */
const IS_BINARY = `coalesce('bytea'::regtype IN (t.oid, b.oid, b.typbasetype), false)`;

/** Aggregates of a schema that make bodies of media types from the rows of a table, or of any. */
export const MEDIA_HANDLERS = `
SELECT p.proname AS name, lower(t.typname) AS "mediaType", a.typrelid::int8::text AS "takesRelation", ${IS_BINARY} AS "isBinary"
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_type t ON t.oid = p.prorettype
JOIN pg_type b ON b.oid = t.typbasetype
JOIN pg_type a ON a.oid = p.proargtypes[0]
WHERE n.nspname = $1 AND p.prokind = 'a' AND p.pronargs = 1 AND ${IS_MEDIA_TYPE}
  AND (a.typrelid <> 0 OR a.oid = 'anyelement'::regtype)
ORDER BY p.oid`;

/** Functions and procedures of a schema. */
export const ROUTINES = `
SELECT p.proname AS name, coalesce(p.proargnames, '{}')::text[] AS names,
  ARRAY(SELECT format_type(t.oid, -1) FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))
    WITH ORDINALITY AS t (oid, n) ORDER BY t.n)::text[] AS types,
  coalesce(p.proargmodes::text[], array_fill('i'::text, ARRAY[p.pronargs::int])) AS modes,
  p.pronargdefaults::int4 AS defaults,
  p.proretset AS "returnsSet",
  coalesce(nullif(b.typrelid, 0), t.typrelid)::int8::text AS "returnsRelation",
  t.typtype = 'c' OR b.typtype = 'c' OR coalesce(p.proargmodes::text[] && '{t,b,o}', false) AS "returnsRow",
  CASE WHEN ${IS_MEDIA_TYPE} AND NOT p.proretset THEN lower(t.typname) END AS "mediaType",
  ${IS_BINARY} AS "isBinary",
  t.oid = 'void'::regtype AND NOT coalesce(p.proargmodes::text[] && '{t,b,o}', false) AS "returnsNothing",
  p.provolatile = 'v' AS "isVolatile",
  p.prokind = 'p' AS "isProcedure",
  p.prorows = 1 AS "isOneRow",
  CASE WHEN p.pronargs = 1 THEN a.typrelid::int8::text ELSE '0' END AS "takesRelation"
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_type t ON t.oid = p.prorettype
LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_type a ON a.oid = p.proargtypes[0]
WHERE n.nspname = $1 AND p.prokind IN ('f', 'p') AND t.oid NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
ORDER BY p.oid`;

/** A text that is another one after every change of what others than PostgreSQL made. */
export const FINGERPRINT = `
SELECT concat_ws(' ',
  (SELECT concat(max(xmin::text::int8), '/', count(*)) FROM pg_class WHERE oid >= 16384),
  (SELECT concat(max(xmin::text::int8), '/', count(*)) FROM pg_attribute WHERE attrelid >= 16384),
  (SELECT concat(max(xmin::text::int8), '/', count(*)) FROM pg_attrdef WHERE oid >= 16384),
  (SELECT concat(max(xmin::text::int8), '/', count(*)) FROM pg_constraint WHERE oid >= 16384),
  (SELECT concat(max(xmin::text::int8), '/', count(*)) FROM pg_index WHERE indexrelid >= 16384),
  (SELECT concat(max(xmin::text::int8), '/', count(*)) FROM pg_proc WHERE oid >= 16384),
  (SELECT concat(max(xmin::text::int8), '/', count(*)) FROM pg_type WHERE oid >= 16384),
  (SELECT concat(max(xmin::text::int8), '/', count(*)) FROM pg_cast WHERE oid >= 16384)) AS fingerprint`;
