/** What the types of a database are made from. */
import { type Source, textArray } from "../../../client/backend/source.ts";

/** The type of a column, a parameter or a result. */
export interface TypeRef {
  /**
   * The schema and name in `pg_type`; of an array those of its elements, of a domain those below
   * it.
   */
  readonly schema: string;
  readonly name: string;
  /**
   * `e` for an enum, `c` for a composite type, else a plain one: the letters of `pg_type.typtype`.
   */
  readonly kind: string;
  readonly isArray: boolean;
}

export interface Column {
  readonly name: string;
  readonly type: TypeRef;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
  /** It can never be given a value. */
  readonly isGenerated: boolean;
}

export interface Relationship {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isOneToOne: boolean;
  readonly referencedRelation: string;
  readonly referencedColumns: readonly string[];
}

export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "view";
  /** Whether rows can be written through it. */
  readonly isWritable: boolean;
  readonly columns: readonly Column[];
  readonly relationships: readonly Relationship[];
}

export interface Routine {
  readonly schema: string;
  readonly name: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: TypeRef;
    readonly isOptional: boolean;
  }[];
  /** The columns of a result that is no named type; empty otherwise. */
  readonly columns: readonly { readonly name: string; readonly type: TypeRef }[];
  readonly returns: TypeRef;
  readonly returnsSet: boolean;
}

/** Enums, composite types, tables, views and functions, each sorted by name. */
export interface DatabaseTypes {
  readonly schemas: readonly string[];
  readonly enums: readonly {
    readonly schema: string;
    readonly name: string;
    readonly values: readonly string[];
  }[];
  readonly composites: readonly {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly Column[];
  }[];
  readonly relations: readonly Relation[];
  readonly routines: readonly Routine[];
}

/** Reads the types of the given schemas in one statement. */
export async function readTypes(
  source: Source,
  schemas: readonly string[],
): Promise<DatabaseTypes> {
  const [types] = await source<Omit<DatabaseTypes, "schemas">>(TYPES, [textArray(schemas)]);
  return { schemas, ...types! };
}

const IN_SCHEMAS = "n.nspname = ANY ($1::text[])";

/** A type as JSON, arrays and domains replaced by what is below them. */
const typeRef = (oid: string) =>
  `(
  SELECT json_build_object('schema', bn.nspname, 'name', b.typname, 'kind', b.typtype, 'isArray', e.typelem <> 0)
  FROM pg_type t
  JOIN pg_type d ON d.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  CROSS JOIN LATERAL (SELECT CASE WHEN d.typcategory = 'A' THEN d.typelem ELSE 0 END AS typelem) e
  JOIN pg_type l ON l.oid = CASE WHEN e.typelem <> 0 THEN e.typelem ELSE d.oid END
  JOIN pg_type b ON b.oid = CASE WHEN l.typtype = 'd' THEN l.typbasetype ELSE l.oid END
  JOIN pg_namespace bn ON bn.oid = b.typnamespace
  WHERE t.oid = ${oid})`;

const columnsOf = (relation: string) =>
  `(
  SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', ${typeRef("a.atttypid")},
    'isNullable', NOT (a.attnotnull OR at.typtype = 'd' AND at.typnotnull),
    'hasDefault', a.atthasdef OR a.attidentity <> '' OR at.typdefault IS NOT NULL,
    'isGenerated', a.attgenerated <> '') ORDER BY a.attname), '[]')
  FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
  WHERE a.attrelid = ${relation} AND a.attnum > 0 AND NOT a.attisdropped)`;

const attributeNames = (relation: string, numbers: string) =>
  `(
  SELECT json_agg(a.attname ORDER BY u.n) FROM unnest(${numbers}) WITH ORDINALITY AS u (attnum, n)
  JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = u.attnum)`;

const notOfExtension = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid}
    AND e.deptype IN ('e', 'i'))`;

const TYPES = `
SELECT
  (SELECT coalesce(json_agg(q ORDER BY q.schema, q.name), '[]') FROM (
    SELECT n.nspname AS schema, t.typname AS name,
      (SELECT json_agg(l.enumlabel ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid) AS values
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE ${IN_SCHEMAS} AND t.typtype = 'e' AND ${notOfExtension("pg_type", "t.oid")}) q) AS enums,
  (SELECT coalesce(json_agg(q ORDER BY q.schema, q.name), '[]') FROM (
    SELECT n.nspname AS schema, c.relname AS name, ${columnsOf("c.oid")} AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${IN_SCHEMAS} AND c.relkind = 'c' AND ${
  notOfExtension("pg_class", "c.oid")
}) q) AS composites,
  (SELECT coalesce(json_agg(q ORDER BY q.schema, q.name), '[]') FROM (
    SELECT n.nspname AS schema, c.relname AS name,
      CASE WHEN c.relkind IN ('r', 'p', 'f') THEN 'table' ELSE 'view' END AS kind,
      c.relkind IN ('r', 'p') OR pg_relation_is_updatable(c.oid, false) & 8 <> 0 AS "isWritable",
      ${columnsOf("c.oid")} AS columns,
      (SELECT coalesce(json_agg(json_build_object('name', k.conname,
        'columns', ${attributeNames("k.conrelid", "k.conkey")},
        'isOneToOne', EXISTS (SELECT FROM pg_index x WHERE x.indrelid = k.conrelid AND x.indisunique
          AND x.indpred IS NULL AND string_to_array(x.indkey::text, ' ')::int2[] <@ k.conkey),
        'referencedRelation', r.relname,
        'referencedColumns', ${
  attributeNames("k.confrelid", "k.confkey")
}) ORDER BY k.conname), '[]')
      FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid
      WHERE k.conrelid = c.oid AND k.contype = 'f') AS relationships
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT c.relispartition
      AND ${notOfExtension("pg_class", "c.oid")}) q) AS relations,
  (SELECT coalesce(json_agg(q ORDER BY q.schema, q.name, q.oid), '[]') FROM (
    SELECT n.nspname AS schema, p.proname AS name, p.oid,
      (SELECT coalesce(json_agg(json_build_object('name', coalesce(p.proargnames[i.n], ''), 'type', ${
  typeRef("i.type")
}, 'isOptional', i.position > p.pronargs - p.pronargdefaults) ORDER BY i.n), '[]')
      FROM (SELECT a.type, a.n, row_number() OVER (ORDER BY a.n) AS position
        FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS a (type, n)
        WHERE coalesce(p.proargmodes[a.n], 'i') IN ('i', 'b', 'v')) i) AS parameters,
      (SELECT coalesce(json_agg(json_build_object('name', coalesce(p.proargnames[a.n], 'column' || a.n),
        'type', ${typeRef("a.type")}) ORDER BY a.n), '[]')
      FROM unnest(p.proallargtypes) WITH ORDINALITY AS a (type, n)
      WHERE p.proargmodes[a.n] IN ('o', 'b', 't')) AS columns,
      ${typeRef("p.prorettype")} AS returns, p.proretset AS "returnsSet"
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE ${IN_SCHEMAS} AND p.prokind IN ('f', 'p') AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
      AND ${notOfExtension("pg_proc", "p.oid")}) q) AS routines`;
