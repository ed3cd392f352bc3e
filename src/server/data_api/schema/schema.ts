import { DataApiError } from "../postgrest_error.ts";
import type { MediaHandler } from "./media_handlers.ts";
import type { Relation } from "./relation.ts";
import { type Contents, type Keys, Relationships } from "./relationships.ts";
import type { Routine } from "./routines.ts";

/** What a schema holds, as far as requests need it. */
export class Schema implements Contents {
  readonly relationships: Relationships;
  readonly #byOid: ReadonlyMap<string, Relation>;
  readonly #views = new Map<string, Relation>();

  constructor(
    readonly name: string,
    readonly relations: ReadonlyMap<string, Relation>,
    readonly routines: ReadonlyMap<string, readonly Routine[]>,
    keys: Keys,
    /** What makes bodies of media types from rows. */
    readonly handlers: readonly MediaHandler[] = [],
  ) {
    this.#byOid = new Map([...relations.values()].map((relation) => [relation.oid, relation]));
    this.relationships = new Relationships(this, keys);
  }

  /**
   * The relation that a request names.
   * @throws {DataApiError} 404 42P01 when there is none
   */
  relation(name: string): Relation {
    const relation = this.relations.get(name);
    if (relation) return this.#withKey(relation);
    throw new DataApiError(404, "42P01", `relation "${this.name}.${name}" does not exist`);
  }

  /** A view that shows all of a table's primary key has that key. */
  #withKey(relation: Relation): Relation {
    if (relation.kind !== "v") return relation;
    const known = this.#views.get(relation.oid);
    if (known) return known;
    const view = { ...relation, primaryKey: this.relationships.keyOf(relation) };
    this.#views.set(relation.oid, view);
    return view;
  }

  /** The relation of this schema that has a number. */
  relationOf(oid: string): Relation | undefined {
    return this.#byOid.get(oid);
  }
}
