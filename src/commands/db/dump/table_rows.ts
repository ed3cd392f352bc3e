/** What the catalogs say of tables and their columns. */

/** A row of the catalog query `tables`. */
export interface TableRow {
  readonly id: string;
  readonly schema: string;
  readonly table: string;
  readonly quoted: string;
  /** `r` for a table, `p` for a partitioned one. */
  readonly kind: "r" | "p";
  readonly isUnlogged: boolean;
  readonly options: string | null;
  readonly partitionKey: string | null;
  readonly parents: string | null;
  /** The composite type of a typed table. */
  readonly ofType: string | null;
  /** The table access method, unless it is heap. */
  readonly accessMethod: string | null;
  readonly key: readonly string[];
  readonly heapBytes: string;
  readonly totalBytes: string;
}

/** A row of the catalog query `columns`. */
export interface ColumnRow {
  /** The id of the table. */
  readonly of: string;
  /** The id of the default or generation expression. */
  readonly id: string | null;
  readonly name: string;
  readonly quoted: string;
  readonly type: string;
  readonly baseType: string;
  readonly isNotNull: boolean;
  /** False for a column that comes from a parent or a partitioned table alone. */
  readonly isLocal: boolean;
  /** `a` for always, `d` for by default, empty for none. */
  readonly identity: string;
  /** `s` for stored, `v` for virtual, empty for none. */
  readonly generated: string;
  readonly expression: string | null;
  readonly collation: string | null;
  readonly identitySequence: string | null;
}
