/** What a dump cannot reproduce, by kind and name: docs/backups.md says which kinds, and why. */
import { IN_SCHEMAS, own, ownObject, ownPart } from "./scope.ts";

/** Kinds that live in a schema: their catalog, the columns of name and schema, and which rows. */
const SCHEMA_KINDS = [
  ["foreign table", "pg_class", "relname", "relnamespace", "o.relkind = 'f'"],
  [
    "table with an access method of its own",
    "pg_class",
    "relname",
    "relnamespace",
    "o.relkind IN ('r', 'm', 'p') AND o.relam NOT IN (0, (SELECT oid FROM pg_am WHERE amname = 'heap'))",
  ],
  // Nobody but a superuser makes one, and who imports is none.
  ["operator class", "pg_opclass", "opcname", "opcnamespace", "true"],
  ["operator family", "pg_opfamily", "opfname", "opfnamespace", "true"],
  ["conversion", "pg_conversion", "conname", "connamespace", "true"],
  ["text search parser", "pg_ts_parser", "prsname", "prsnamespace", "true"],
  ["text search template", "pg_ts_template", "tmplname", "tmplnamespace", "true"],
  ["shell type", "pg_type", "typname", "typnamespace", "o.typtype = 'p' AND NOT o.typisdefined"],
  [
    "base type",
    "pg_type",
    "typname",
    "typnamespace",
    `o.typtype = 'b' AND o.typelem = 0
      OR EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = o.oid AND r.rngcanonical::oid <> 0)`,
  ],
  [
    "aggregate",
    "pg_proc",
    "proname",
    "pronamespace",
    "EXISTS (SELECT FROM pg_aggregate a WHERE a.aggfnoid = o.oid AND a.aggkind <> 'n')",
  ],
  // Nobody but a superuser makes one, and who imports is none.
  [
    "function in an untrusted language",
    "pg_proc",
    "proname",
    "pronamespace",
    `o.prokind <> 'a' AND ${ownPart("pg_proc", "o.oid")}
      AND EXISTS (SELECT FROM pg_language l WHERE l.oid = o.prolang AND NOT l.lanpltrusted)`,
  ],
] as const;

/**
 * Kinds of the whole database: their catalog, the column or expression of the name, and which rows.
 */
const DATABASE_KINDS = [
  ["publication", "pg_publication", "o.pubname", "true"],
  ["subscription", "pg_subscription", "o.subname", "true"],
  ["language", "pg_language", "o.lanname", "true"],
  ["access method", "pg_am", "o.amname", "true"],
  ["transform", "pg_transform", "o.trftype::regtype", "true"],
  ["foreign data wrapper", "pg_foreign_data_wrapper", "o.fdwname", "true"],
  ["foreign server", "pg_foreign_server", "o.srvname", "true"],
  ["large object", "pg_largeobject_metadata", "o.oid", "true"],
  // Those of the backend itself call functions of its own schemas.
  [
    "event trigger",
    "pg_event_trigger",
    "o.evtname",
    `EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.oid = o.evtfoid AND ${IN_SCHEMAS})`,
  ],
] as const;

export const UNSUPPORTED = [
  ...SCHEMA_KINDS.map(([kind, catalog, name, schema, which]) => `
SELECT '${catalog}:' || o.oid AS id, '${kind}' AS kind, n.nspname || '.' || o.${name} AS name, NULL::text AS of
FROM ${catalog} o JOIN pg_namespace n ON n.oid = o.${schema}
WHERE ${IN_SCHEMAS} AND (${which}) AND ${own(catalog, "o.oid")}`),
  ...DATABASE_KINDS.map(([kind, catalog, name, which]) => `
SELECT '${catalog}:' || o.oid, '${kind}', ${name}::text, NULL
FROM ${catalog} o
WHERE o.oid >= 16384 AND (${which}) AND ${own(catalog, "o.oid")}`),
  `
SELECT 'pg_class:' || x.indexrelid, 'invalid index', n.nspname || '.' || i.relname, 'pg_class:' || x.indrelid
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE ${IN_SCHEMAS} AND NOT x.indisvalid AND i.relkind = 'i' AND ${own("pg_class", "x.indrelid")}`,
  `
SELECT 'label:' || l.classoid || ':' || l.objoid || ':' || l.objsubid || l.provider, 'security label of',
  o.type || ' ' || o.identity, CASE l.classoid WHEN 'pg_class'::regclass THEN 'pg_class:' || l.objoid END
FROM pg_seclabel l CROSS JOIN LATERAL pg_identify_object(l.classoid, l.objoid, l.objsubid) o
JOIN pg_namespace n ON CASE l.classoid WHEN 'pg_namespace'::regclass THEN n.oid = l.objoid ELSE n.nspname = o.schema END
WHERE ${IN_SCHEMAS} AND ${ownObject("l.classoid", "l.objoid")}`,
].join("\nUNION ALL");
