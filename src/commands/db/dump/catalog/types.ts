/** Schemas, extensions, types, collations and casts. */
import { IN_SCHEMAS, own } from "./scope.ts";

export const SCHEMAS = `
SELECT 'pg_namespace:' || n.oid AS id, n.nspname AS name,
  format('CREATE SCHEMA IF NOT EXISTS %I;', n.nspname) AS sql
FROM pg_namespace n
WHERE ${IN_SCHEMAS} AND n.nspname <> 'public'`;

/** All of them; a dump asks for those that its objects depend on. */
export const EXTENSIONS = `
SELECT 'pg_extension:' || e.oid AS id, e.extname AS name,
  format('CREATE EXTENSION IF NOT EXISTS %I%s;', e.extname,
    CASE WHEN ${IN_SCHEMAS} AND n.nspname <> 'public' THEN format(' WITH SCHEMA %I', n.nspname) END) AS sql
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql'`;

export const ENUMS = `
SELECT 'pg_type:' || t.oid AS id, n.nspname || '.' || t.typname AS name,
  format('DROP TYPE IF EXISTS %I.%I;', n.nspname, t.typname) AS drop,
  format(E'CREATE TYPE %I.%I AS ENUM (%s);', n.nspname, t.typname,
    (SELECT string_agg(E'\\n  ' || quote_literal(l.enumlabel), ',' ORDER BY l.enumsortorder) || E'\\n'
     FROM pg_enum l WHERE l.enumtypid = t.oid)) AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE ${IN_SCHEMAS} AND t.typtype = 'e' AND ${own("pg_type", "t.oid")}`;

export const DOMAINS = `
SELECT 'pg_type:' || t.oid AS id, n.nspname || '.' || t.typname AS name,
  format('DROP TYPE IF EXISTS %I.%I;', n.nspname, t.typname) AS drop,
  format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod))
    || coalesce((SELECT format(' COLLATE %I.%I', cn.nspname, c.collname)
        FROM pg_collation c JOIN pg_namespace cn ON cn.oid = c.collnamespace
        JOIN pg_type b ON b.oid = t.typbasetype
        WHERE c.oid = t.typcollation AND c.oid <> b.typcollation), '')
    || coalesce(' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), '')
    || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END || ';' AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE ${IN_SCHEMAS} AND t.typtype = 'd' AND ${own("pg_type", "t.oid")}`;

/**
 * Whether a domain `t`, or one that is made of it, may be within an array, a composite type or a
 * range: PostgreSQL does not look into those, and takes no constraint then that rows have to
 * satisfy.
 */
export const isContained = `EXISTS (
  SELECT FROM pg_type s JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (s.oid, s.typarray)
  WHERE (s.oid = t.oid OR s.typbasetype = t.oid) AND (
    d.refobjid = s.typarray AND d.classid IN ('pg_class'::regclass, 'pg_type'::regclass)
    OR d.refobjid = s.oid AND d.classid = 'pg_class'::regclass
      AND EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relkind = 'c')
    OR d.refobjid = s.oid AND d.classid = 'pg_type'::regclass AND d.objid <> s.typarray
      AND (s.oid <> t.oid OR EXISTS (SELECT FROM pg_type h WHERE h.oid = d.objid AND h.typtype <> 'd'))))`;

/**
 * Apart from their domains: a function that one calls may take the domain as an argument. It may
 * read rows, too: such constraints are late, where that can be, as those are that rows need not
 * satisfy.
 */
export const DOMAIN_CONSTRAINTS = `
SELECT 'pg_constraint:' || k.oid AS id, n.nspname || '.' || t.typname || '.' || k.conname AS name,
  'pg_type:' || t.oid AS domain,
  NOT k.convalidated OR NOT ${isContained} AND EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
      AND d.refclassid = 'pg_proc'::regclass AND d.refobjid >= 16384) AS "isLate",
  format('DO $do$ BEGIN IF to_regtype(%L) IS NOT NULL THEN ALTER DOMAIN %I.%I DROP CONSTRAINT IF EXISTS %I; END IF; END $do$;',
    format('%I.%I', n.nspname, t.typname), n.nspname, t.typname, k.conname) AS drop,
  format('ALTER DOMAIN %I.%I ADD CONSTRAINT %I %s;', n.nspname, t.typname, k.conname, pg_get_constraintdef(k.oid)) AS sql
FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE ${IN_SCHEMAS} AND k.contype = 'c' AND ${own("pg_type", "t.oid")}`;

/** An extension's own have their membership on `pg_type`. */
export const COMPOSITES = `
SELECT 'pg_class:' || c.oid AS id, n.nspname || '.' || c.relname AS name,
  format('DROP TYPE IF EXISTS %I.%I;', n.nspname, c.relname) AS drop,
  format('CREATE TYPE %I.%I AS (%s);', n.nspname, c.relname,
    (SELECT string_agg(format(E'\\n  %I %s', a.attname, format_type(a.atttypid, a.atttypmod))
         || coalesce((SELECT format(' COLLATE %I.%I', kn.nspname, k.collname)
             FROM pg_collation k JOIN pg_namespace kn ON kn.oid = k.collnamespace
             JOIN pg_type b ON b.oid = a.atttypid
             WHERE k.oid = a.attcollation AND k.oid <> b.typcollation), ''), ','
       ORDER BY a.attnum) || E'\\n'
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS sql
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${IN_SCHEMAS} AND c.relkind = 'c' AND ${own("pg_class", "c.oid")} AND ${
  own("pg_type", "c.reltype")
}`;

export const RANGES = `
SELECT 'pg_type:' || t.oid AS id, n.nspname || '.' || t.typname AS name,
  format('DROP TYPE IF EXISTS %I.%I;', n.nspname, t.typname) AS drop,
  format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s', n.nspname, t.typname, format_type(r.rngsubtype, NULL))
    || (SELECT format(', SUBTYPE_OPCLASS = %I.%I', opn.nspname, o.opcname)
        FROM pg_opclass o JOIN pg_namespace opn ON opn.oid = o.opcnamespace WHERE o.oid = r.rngsubopc)
    || coalesce((SELECT format(', COLLATION = %I.%I', kn.nspname, k.collname)
        FROM pg_collation k JOIN pg_namespace kn ON kn.oid = k.collnamespace
        JOIN pg_type b ON b.oid = r.rngsubtype
        WHERE k.oid = r.rngcollation AND k.oid <> b.typcollation), '')
    || CASE WHEN r.rngsubdiff::oid <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc::text ELSE '' END
    || format(', MULTIRANGE_TYPE_NAME = %s);', r.rngmultitypid::regtype::text) AS sql
FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE ${IN_SCHEMAS} AND r.rngcanonical::oid = 0 AND ${own("pg_type", "t.oid")}`;

/** What PostgreSQL 17 calls `colllocale` was `colliculocale` before. */
export const COLLATIONS = `
SELECT 'pg_collation:' || c.oid AS id, n.nspname || '.' || c.collname AS name,
  format('DROP COLLATION IF EXISTS %I.%I;', n.nspname, c.collname) AS drop,
  format('CREATE COLLATION %I.%I (PROVIDER = %s%s%s%s);', n.nspname, c.collname,
    CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
    coalesce(', LOCALE = ' || quote_literal(coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')),
      CASE WHEN c.collcollate = c.collctype THEN ', LOCALE = ' || quote_literal(c.collcollate)
      ELSE format(', LC_COLLATE = %L, LC_CTYPE = %L', c.collcollate, c.collctype) END),
    ', RULES = ' || quote_literal(to_jsonb(c) ->> 'collicurules'),
    CASE WHEN NOT c.collisdeterministic THEN ', DETERMINISTIC = false' END) AS sql
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_collation", "c.oid")}`;

/**
 * Casts have no schema: those of a type or by a function that is the project's; a multirange has
 * one by itself.
 */
export const CASTS = `
SELECT 'pg_cast:' || c.oid AS id, format('%s as %s', c.castsource::regtype, c.casttarget::regtype) AS name,
  format('DROP CAST IF EXISTS (%s AS %s);', c.castsource::regtype, c.casttarget::regtype) AS drop,
  format('CREATE CAST (%s AS %s) %s%s;', c.castsource::regtype, c.casttarget::regtype,
    CASE c.castmethod WHEN 'i' THEN 'WITH INOUT' WHEN 'b' THEN 'WITHOUT FUNCTION'
      ELSE 'WITH FUNCTION ' || c.castfunc::regprocedure END,
    CASE c.castcontext WHEN 'i' THEN ' AS IMPLICIT' WHEN 'a' THEN ' AS ASSIGNMENT' END) AS sql
FROM pg_cast c
WHERE c.oid >= 16384 AND ${own("pg_cast", "c.oid")}
  AND NOT EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = c.castsource AND r.rngmultitypid = c.casttarget)
  AND EXISTS (SELECT FROM pg_namespace n WHERE ${IN_SCHEMAS}
    AND n.oid IN ((SELECT typnamespace FROM pg_type WHERE oid = c.castsource),
      (SELECT typnamespace FROM pg_type WHERE oid = c.casttarget),
      (SELECT pronamespace FROM pg_proc WHERE oid = c.castfunc)))`;
