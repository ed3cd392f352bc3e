import type { Database } from "../../database/client.ts";
import type { StatementInput } from "../../database/messages.ts";
import {
  FINGERPRINT,
  FOREIGN_KEYS,
  MEDIA_HANDLERS,
  PRIMARY_KEYS,
  RELATIONS,
  ROUTINES,
  VIEWS,
} from "./catalog_sql.ts";
import type { MediaHandler } from "./media_handlers.ts";
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
    if (known) {
      const [rows] = await this.#read([{ sql: FINGERPRINT }]);
      if (known.fingerprint === rows![0].fingerprint) {
        Object.assign(known, { changes, checked: performance.now() });
        return { schema: known.schema, isChanged: false };
      }
    }
    const { schema, fingerprint } = await this.#load(name);
    this.#entries.set(name, { schema, fingerprint, changes, checked: performance.now() });
    return { schema, isChanged: true };
  }

  async #load(name: string): Promise<Pick<Entry, "schema" | "fingerprint">> {
    const results = await this.#read([
      { sql: FINGERPRINT },
      { sql: RELATIONS, params: [name] },
      { sql: ROUTINES, params: [name] },
      { sql: FOREIGN_KEYS },
      { sql: PRIMARY_KEYS },
      { sql: VIEWS },
      { sql: MEDIA_HANDLERS, params: [name] },
    ]);
    const [[version], relations, routines, foreign, primary, views, handlers] = results as [
      [{ fingerprint: string }],
      Omit<Relation, "schema">[],
      RoutineRow[],
      ForeignKey[],
      { oid: string; columns: number[] }[],
      { oid: string; query: string }[],
      MediaHandler[],
    ];
    const schema = new Schema(
      name,
      new Map(relations.map((row) => [row.name, { ...row, schema: name }])),
      Map.groupBy(routines.map(routineOf), ({ name }) => name),
      {
        foreign,
        primary: new Map(primary.map(({ oid, columns }) => [oid, columns])),
        views: new Map(views.map(({ oid, query }) => [oid, query])),
      },
      handlers,
    );
    return { schema, fingerprint: version.fingerprint };
  }

  /** Rows of the server's own statements, in one transaction. */
  // deno-lint-ignore no-explicit-any
  async #read(statements: StatementInput[]): Promise<any[][]> {
    const results = await this.#database.run(statements, { readOnly: true });
    return results.map(({ rows }) => JSON.parse(new TextDecoder().decode(rows)));
  }
}
