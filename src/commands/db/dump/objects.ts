/** What a dump consists of. */
import type { ColumnRow, TableRow } from "./table_rows.ts";

/** The sections of a dump in the order in which an empty database takes them. */
export const SECTIONS = [
  "drop",
  "schema",
  "default privileges",
  "extension",
  "type",
  "text search",
  "function",
  "operator",
  "domain constraint",
  "cast",
  "sequence",
  "table",
  "column option",
  "default",
  "sequence owner",
  "partition",
  "index with functions",
  "data",
  "sequence value",
  "late domain constraint",
  "constraint",
  "index",
  "index attachment",
  "index option",
  "foreign key",
  "view",
  "view default",
  "rule",
  "view data",
  "row security",
  "policy",
  "trigger",
  "extension dependent",
  "grant",
  "comment",
  "unsupported",
] as const;

export type Section = typeof SECTIONS[number];

/**
 * One schema object, as the SQL that makes it. Those of the section `unsupported` have none: a dump
 * that would need one fails.
 */
export interface SchemaObject {
  /** Catalog and OID, such as `pg_class:16401`; several sections may describe one object. */
  readonly id: string;
  readonly section: Section;
  /** `schema.name`, unquoted: what objects of a section are ordered by. */
  readonly name: string;
  /** One or more statements, each with its semicolon. */
  readonly sql: string;
  /** A statement that removes it, if it is there, where that does not go without saying. */
  readonly drop?: string | null;
  /**
   * Statements that take it back where it is, for a comparison: of what goes with something else in
   * a dump, and needs no `drop` there.
   */
  readonly undo?: string | null;
  /** The id of the object that this one is a part of: it is left out with it. */
  readonly of?: string;
  /**
   * The id of the table that a foreign key refers to, or to which a partition, its index or trigger
   * belongs.
   */
  readonly refersTo?: string;
  /** The ids of objects that come before this one, where they are in the dump. */
  readonly after?: readonly string[];
}

/** A column of a table, as far as its values are concerned. */
export interface Column {
  readonly name: string;
  /** The name, quoted where SQL needs that. */
  readonly quoted: string;
  /**
   * As PostgreSQL writes it, without modifiers: `integer`, `bpchar`. By itself `character` would be
   * one of them alone.
   */
  readonly baseType: string;
  readonly isGenerated: boolean;
}

/** A table that holds rows of its own. */
export interface Table {
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  /** The qualified name, quoted where SQL needs that. */
  readonly quoted: string;
  readonly columns: readonly Column[];
  /** The columns of the primary key in their order; empty where there is none. */
  readonly key: readonly string[];
  /** Whether an identity column refuses values that are given to it by default. */
  readonly hasAlwaysIdentity: boolean;
  /** Bytes of the heap and of what is stored beside it. */
  readonly heapBytes: number;
  readonly totalBytes: number;
}

/** A table as it is made, whether it holds rows or is partitioned. */
export interface TableDefinition {
  readonly table: TableRow;
  readonly columns: readonly ColumnRow[];
  /** The ids of defaults that wait for a function: they are objects of their own. */
  readonly late: ReadonlySet<string | null>;
}

/** Who may do what with an object, whatever a new one would get by itself. */
export interface Grants {
  /** The id of the object. */
  readonly of: string;
  /** By grantee: its statements. */
  readonly given: ReadonlyMap<string, readonly string[]>;
}

/** The schema objects of a database and what they need of each other. */
export interface Schema {
  readonly objects: readonly SchemaObject[];
  readonly tables: readonly Table[];
  /** By the id of the table. */
  readonly definitions: ReadonlyMap<string, TableDefinition>;
  /** By the object as GRANT names it: `TABLE public.posts`. */
  readonly grants: ReadonlyMap<string, Grants>;
  /** By id: the ids that have to be there before. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}
