import type { ForeignKey, Relation } from "./relation.ts";
import type { Routine } from "./routines.ts";
import { viewColumns } from "./view_columns.ts";

/** Pairs of columns that are equal. */
export type ColumnPairs = readonly (readonly [from: string, to: string])[];

/** A table between two others. */
export interface Junction {
  readonly relation: Relation;
  readonly constraints: readonly [source: string, target: string];
  /** Columns of the junction with those of the table that is asked from. */
  readonly source: ColumnPairs;
  /** Columns of the junction with those of the related table. */
  readonly target: ColumnPairs;
}

/** How rows of a relation belong to those of another one. */
export interface Relationship {
  readonly to: Relation;
  readonly kind: "many-to-one" | "one-to-many" | "one-to-one" | "many-to-many" | "computed";
  /** The foreign key, or the function that computes it. */
  readonly name: string;
  /** Columns of the relation asked from with those of the related one. */
  readonly columns: ColumnPairs;
  readonly junction?: Junction;
  readonly isToOne: boolean;
  readonly isSelf: boolean;
}

/** A relation of the schema as it stands for a table: itself, or a view that shows it. */
interface Face {
  readonly relation: Relation;
  /** Names of the relation's columns by the numbers of the table's: a view may show one twice. */
  readonly names: ReadonlyMap<number, readonly string[]>;
}

/** How many names of one column are looked at. */
const MOST_NAMES = 4;

/** The ways to name columns of a table by those of a relation that stands for it. */
function waysToName({ names }: Face, columns: readonly number[]): string[][] {
  return columns.reduce<string[][]>(
    (ways, column) =>
      ways.flatMap((way) => (names.get(column) ?? []).map((name) => [...way, name])),
    [[]],
  );
}

/** What relationships are found in. */
export interface Contents {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly routines: ReadonlyMap<string, readonly Routine[]>;
  /** The relation of this schema that has a number. */
  relationOf(oid: string): Relation | undefined;
}

/** The keys of all tables of a database, and its views. */
export interface Keys {
  readonly foreign: readonly ForeignKey[];
  /** Numbers of the columns of primary keys, by the numbers of the tables. */
  readonly primary: ReadonlyMap<string, readonly number[]>;
  /** The queries of views, by their numbers. */
  readonly views: ReadonlyMap<string, string>;
}

/** The foreign keys of a database as relationships of one schema's tables and views. */
export class Relationships {
  readonly #contents: Contents;
  readonly #keys: Keys;
  readonly #known = new Map<string, readonly Relationship[]>();
  #faces: ReadonlyMap<string, readonly Face[]> | undefined;

  constructor(contents: Contents, keys: Keys) {
    this.#contents = contents;
    this.#keys = keys;
  }

  /** All relationships that can be followed from a relation. */
  from(relation: Relation): readonly Relationship[] {
    const known = this.#known.get(relation.name);
    if (known) return known;
    const found = [
      ...this.#computed(relation),
      ...this.#direct(relation),
      ...this.#throughJunctions(relation),
    ];
    this.#known.set(relation.name, found);
    return found;
  }

  /** The columns of a view that show primary keys whole, in its own order. */
  keyOf(view: Relation): readonly string[] {
    const shown = [...this.#keys.primary].flatMap(([table, columns]) =>
      this.#facesOf(table).filter(({ relation }) => relation.oid === view.oid)
        .flatMap((face) => waysToName(face, columns)[0] ?? [])
    );
    return view.columns.map(({ name }) => name).filter((name) => shown.includes(name));
  }

  #computed(from: Relation): Relationship[] {
    return [...this.#contents.routines.values()].flat().flatMap((routine) => {
      const to = this.#contents.relationOf(routine.returnsRelation);
      if (routine.takesRelation !== from.oid || !to) return [];
      const isToOne = !routine.returnsSet || routine.isOneRow;
      const isSelf = to.oid === from.oid;
      return { to, kind: "computed" as const, name: routine.name, columns: [], isToOne, isSelf };
    });
  }

  #direct(from: Relation): Relationship[] {
    return this.#keys.foreign.flatMap((key) => {
      const { name, isUnique } = key;
      const isSelf = key.from === key.to;
      const outwards = this.#pairs(key.from, key.columns, key.to, key.refColumns, from)
        .map(({ to, columns }): Relationship => ({
          to,
          kind: isUnique ? "one-to-one" : "many-to-one",
          name,
          columns,
          isToOne: true,
          isSelf: isSelf && to.oid === from.oid,
        }));
      const inwards = this.#pairs(key.to, key.refColumns, key.from, key.columns, from)
        .map(({ to, columns }): Relationship => ({
          to,
          kind: isUnique ? "one-to-one" : "one-to-many",
          name,
          columns,
          isToOne: isUnique,
          isSelf: isSelf && to.oid === from.oid,
        }));
      return [...outwards, ...inwards];
    });
  }

  /** The ways from one relation to the faces of a table at the other end of a foreign key. */
  #pairs(
    nearTable: string,
    near: readonly number[],
    farTable: string,
    far: readonly number[],
    from: Relation,
  ): { to: Relation; columns: ColumnPairs }[] {
    const own = this.#facesOf(nearTable).filter(({ relation }) => relation.oid === from.oid);
    return own.flatMap((face) => waysToName(face, near)).flatMap((names) =>
      this.#facesOf(farTable).flatMap((face) =>
        waysToName(face, far).map((others) => ({
          to: face.relation,
          columns: names.map((name, n) => [name, others[n]!] as const),
        }))
      )
    );
  }

  /** Many-to-many: tables whose primary key holds a foreign key to each. */
  #throughJunctions(from: Relation): Relationship[] {
    const byTable = Map.groupBy(this.#keys.foreign, ({ from }) => from);
    return [...byTable].flatMap(([table, keys]) => {
      const primary = this.#keys.primary.get(table) ?? [];
      const own = keys.filter(({ columns }) => columns.every((n) => primary.includes(n)));
      return own.length < 2
        ? []
        : own.flatMap((first) =>
          own.filter((second) => second !== first).flatMap((second) =>
            this.#junctions(from, table, first, second)
          )
        );
    });
  }

  #junctions(from: Relation, table: string, first: ForeignKey, second: ForeignKey): Relationship[] {
    const sources = this.#facesOf(first.to).filter(({ relation }) => relation.oid === from.oid);
    const ways = (face: Face, key: ForeignKey, junction: readonly string[]): ColumnPairs[] =>
      waysToName(face, key.refColumns).map((names) => names.map((name, n) => [junction[n]!, name]));
    return this.#facesOf(table).flatMap((face) =>
      waysToName(face, [...first.columns, ...second.columns]).flatMap((names) => {
        const own = names.slice(0, first.columns.length);
        const others = names.slice(first.columns.length);
        const junctions = sources.flatMap((one) => ways(one, first, own)).flatMap((source) =>
          this.#facesOf(second.to).flatMap((target) =>
            ways(target, second, others).map((columns) => ({
              to: target.relation,
              junction: {
                relation: face.relation,
                constraints: [first.name, second.name] as const,
                source,
                target: columns,
              },
            }))
          )
        );
        return junctions.map(({ to, junction }): Relationship => ({
          to,
          kind: "many-to-many",
          name: face.relation.name,
          columns: [],
          junction,
          isToOne: false,
          isSelf: to.oid === from.oid,
        }));
      })
    );
  }

  #facesOf(table: string): readonly Face[] {
    this.#faces ??= this.#allFaces();
    return this.#faces.get(table) ?? [];
  }

  #allFaces(): ReadonlyMap<string, Face[]> {
    const faces = new Map<string, Face[]>();
    const add = (table: string, face: Face) =>
      void faces.set(table, [...faces.get(table) ?? [], face]);
    const shown = new Map([...this.#keys.views].map(([oid, query]) => [oid, viewColumns(query)]));
    /** The columns of tables below a view's column, through views that it shows. */
    const origins = (table: string, column: number, above: string[] = []): [string, number][] => {
      // A view can be replaced by one that shows itself.
      if (above.includes(table)) return [];
      const below = (shown.get(table) ?? []).filter(({ number }) => number === column);
      const views = [...above, table];
      return [[table, column], ...below.flatMap((next) => origins(next.table, next.column, views))];
    };
    for (const relation of this.#contents.relations.values()) {
      const names = new Map(relation.columns.map(({ number, name }) => [number, [name]]));
      add(relation.oid, { relation, names });
      const byTable = new Map<string, Map<number, string[]>>();
      for (const { number, table, column } of shown.get(relation.oid) ?? []) {
        for (const [origin, at] of origins(table, column)) {
          const own = byTable.get(origin) ?? new Map<number, string[]>();
          own.set(at, [...own.get(at) ?? [], ...names.get(number)!].slice(0, MOST_NAMES));
          byTable.set(origin, own);
        }
      }
      for (const [table, own] of byTable) add(table, { relation, names: own });
    }
    return faces;
  }
}
