import type { Database } from "../../database/client.ts";
import {
  FINGERPRINT,
  FOREIGN_KEYS,
  PRIMARY_KEYS,
  RELATIONS,
  ROUTINES,
  VIEWS,
} from "./catalog_sql.ts";
import { routineOf, type RoutineRow } from "./routines.ts";
import type { ForeignKey, Relation } from "./relation.ts";
import { Schema } from "./schema.ts";

/** Milliseconds after which a schema is looked at again, whoever changed it. */
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly schema: Schema;
  readonly fingerprint: string;
  /** Of the database, when the schema was known to be this. */
  changes: number;
  checked: number;
}

/**
 * Remembers what schemas hold, so that a request does not read the catalogs. It looks again once
 * somebody else had a turn at the database who might have changed it.
 */
export class SchemaCache {
  readonly #database: Database;
  readonly #entries = new Map<string, Entry>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** What a schema holds now. */
  async get(name: string): Promise<Schema> {
    const entry = this.#entries.get(name);
    const { changes } = this.#database;
    if (entry && entry.changes === changes && performance.now() - entry.checked < MAX_AGE_MS) {
      return entry.schema;
    }
    return (await this.refresh(name)).schema;
  }

  /** Looks whether a schema was changed, and reads it again if it was. */
  async refresh(name: string): Promise<{ readonly schema: Schema; readonly isChanged: boolean }> {
    const { changes } = this.#database;
    const known = this.#entries.get(name);
    const { rows } = await this.#read<{ fingerprint: string }>(FINGERPRINT);
    const { fingerprint } = rows[0]!;
    const checked = performance.now();
    if (known?.fingerprint === fingerprint) {
      Object.assign(known, { changes, checked });
      return { schema: known.schema, isChanged: false };
    }
    const schema = await this.#load(name);
    this.#entries.set(name, { schema, fingerprint, changes, checked });
    return { schema, isChanged: true };
  }

  async #load(name: string): Promise<Schema> {
    const [relations, routines, foreign, primary, views] = await Promise.all([
      this.#read<Omit<Relation, "schema">>(RELATIONS, [name]),
      this.#read<RoutineRow>(ROUTINES, [name]),
      this.#read<ForeignKey>(FOREIGN_KEYS),
      this.#read<{ oid: string; columns: number[] }>(PRIMARY_KEYS),
      this.#read<{ oid: string; query: string }>(VIEWS),
    ]);
    return new Schema(
      name,
      new Map(relations.rows.map((row) => [row.name, { ...row, schema: name }])),
      Map.groupBy(routines.rows.map(routineOf), ({ name }) => name),
      {
        foreign: foreign.rows,
        primary: new Map(primary.rows.map(({ oid, columns }) => [oid, columns])),
        views: new Map(views.rows.map(({ oid, query }) => [oid, query])),
      },
    );
  }

  async #read<Row>(sql: string, params?: readonly unknown[]) {
    return await this.#database.query<Row>(sql, params, { readOnly: true });
  }
}
