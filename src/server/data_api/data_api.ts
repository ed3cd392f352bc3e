import { getCookie } from "hono/cookie";
import type { Database } from "../database/client.ts";
import type { StatementInput } from "../database/messages.ts";
import { DatabaseError } from "../http/api_error.ts";
import { sessionOf } from "../http/identity.ts";
import { quoteName } from "../database/names.ts";
import type { LocalBackend, RequestContext } from "../services.ts";
import { DataApiError } from "./postgrest_error.ts";
import type { Preferences } from "./request/prefer.ts";
import type { SchemaCache } from "./schema/schema_cache.ts";
import type { Schema } from "./schema/schema.ts";
import { type Outcome, outcomeOfCall, readOutcome, refusedRows } from "./sql/outcome.ts";

/** A statement of the data API, and how it is run. */
export interface Task {
  readonly statement: StatementInput;
  /** Where its names are found, before `public`. */
  readonly schema: string;
  readonly readOnly: boolean;
  /** Whether it can change the schema, as a function can. */
  readonly mayChangeSchema?: boolean;
  /** Whether it is a CALL, whose result is whatever it answers. */
  readonly isProcedure?: boolean;
  /** A query whose number of rows PostgreSQL is asked to guess. */
  readonly guessed?: StatementInput;
  /** What its aliases stand for, to be told in an error in their place. */
  readonly tables: ReadonlyMap<string, string>;
  /** What a number of rows is refused with, see {@link outcomeSql}. */
  readonly refuse?: (rows: number) => DataApiError;
}

/** Runs what requests to the data API ask for, each in one message to the database. */
export class DataApi {
  readonly #database: Database;
  readonly #cache: SchemaCache;

  constructor({ database, schemas }: LocalBackend) {
    this.#database = database;
    this.#cache = schemas;
  }

  /**
   * Does something that is planned with what a schema holds. When it fails, and the schema is found
   * to be another one by now, it is done again.
   */
  async withSchema<T>(name: string, work: (schema: Schema) => Promise<T>): Promise<T> {
    const schema = await this.#cache.get(name);
    try {
      return await work(schema);
    } catch (error) {
      if (!isAboutSchema(error)) throw error;
      const { schema, isChanged } = await this.#cache.refresh(name);
      if (!isChanged) throw error;
      return await work(schema);
    }
  }

  /** Runs a task as the caller, and answers its outcome; with `tx=rollback` nothing of it stays. */
  async run(
    context: RequestContext,
    preferences: Preferences,
    task: Task,
  ): Promise<Outcome> {
    const { statement, guessed, schema, readOnly, mayChangeSchema, isProcedure, refuse } = task;
    const read = isProcedure ? outcomeOfCall : readOutcome;
    const session = {
      ...sessionOf(context.get("identity")),
      settings: settingsOf(context, schema, preferences),
      readOnly,
      keepsSchema: !mayChangeSchema,
    };
    const database = this.#database.until(context.req.raw.signal);
    try {
      if (preferences.get("tx") === "rollback" && !readOnly) {
        const { rows } = await database.runAndRollBack(statement, session);
        return read(rows);
      }
      const statements = [...guessed ? [explained(guessed)] : [], statement];
      const results = await database.run(statements, session);
      const outcome = read(results.at(-1)!.rows);
      return guessed ? { ...outcome, total: guessOf(results[0]!.rows) } : outcome;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const count = refusedRows(error.message);
      throw count !== undefined && refuse ? refuse(count) : withNames(error, task.tables);
    }
  }
}

/** Calls tables by their names where PostgreSQL tells of a column by a statement's alias. */
function withNames(error: DatabaseError, tables: ReadonlyMap<string, string>): DatabaseError {
  const { fields, sqlstate, notices } = error;
  if (!sqlstate.startsWith("42")) return error;
  const named = (text: string) =>
    text.replaceAll(/\b(?:_t\d+|target)(?=\.)/g, (alias) => tables.get(alias) ?? alias);
  const hint = fields.hint && named(fields.hint);
  return new DatabaseError({ ...fields, message: named(fields.message), hint }, notices);
}

/** What SQL can read of the request, as PostgREST tells it. */
function settingsOf(
  context: RequestContext,
  schema: string,
  preferences: Preferences,
): Record<string, string> {
  const { method, path } = context.req;
  const headers = JSON.stringify({
    ...context.req.header(),
    authorization: undefined,
    "x-api-key": undefined,
  });
  const timezone = preferences.get("timezone");
  return {
    "request.method": method,
    // As PostgREST has it behind InsForge, which asks it for `/todos` and `/rpc/name`.
    "request.path": path.replace(/^\/api\/database(\/records)?/, ""),
    "request.headers": headers,
    "request.cookies": JSON.stringify(getCookie(context)),
    ...schema !== "public" && { search_path: `${quoteName(schema)}, public` },
    ...timezone !== undefined && { timezone },
  };
}

function explained({ sql, params }: StatementInput): StatementInput {
  return { sql: `EXPLAIN (FORMAT JSON) ${sql}`, params };
}

function guessOf(rows: Uint8Array<ArrayBuffer>): number {
  const [row] = JSON.parse(new TextDecoder().decode(rows));
  return row["QUERY PLAN"][0].Plan["Plan Rows"];
}

/** Whether a failure may come from what is remembered of a schema. */
function isAboutSchema(error: unknown): boolean {
  if (error instanceof DataApiError) return /^(PGRST(20|107)|42)/.test(error.code);
  return error instanceof DatabaseError && /^(42|22P02|0A)/.test(error.sqlstate);
}
