/**
 * The functions of implicit casts of a domain, as SQL writes them: how its values are shown in an
 * answer, and how those of a body and of a filter are read; null where it has none.
 */
export interface DomainCasts {
  readonly toJson: string | null;
  readonly fromJson: string | null;
  readonly fromText: string | null;
}

/** A column of a table or view. */
export interface Column {
  /** Its number in the table. */
  readonly number: number;
  readonly name: string;
  /** As SQL writes it, qualified. */
  readonly type: string;
  readonly holdsText: boolean;
  readonly isSearchVector: boolean;
  /** Null unless its type is a domain. */
  readonly casts: DomainCasts | null;
  /** Whether a row has to give it a value. */
  readonly isRequired: boolean;
  /** What it holds when nothing is given, as SQL that PostgreSQL wrote. */
  readonly default: string | null;
}

/** A table, a view or the like. */
export interface Relation {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** `pg_class.relkind`. */
  readonly kind: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
}

/** A foreign key, by the numbers of tables and columns. */
export interface ForeignKey {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly columns: readonly number[];
  readonly refColumns: readonly number[];
  /** Whether no two rows refer to the same one. */
  readonly isUnique: boolean;
}
