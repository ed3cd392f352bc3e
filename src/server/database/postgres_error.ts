import type { PostgresErrorFields } from "./messages.ts";

/** A statement that PostgreSQL refused; the session goes on. */
export class PostgresError extends Error {
  override name = "PostgresError";

  constructor(readonly fields: PostgresErrorFields) {
    super(fields.message);
  }
}

/** PostgreSQL stopped answering in the middle of a statement: the instance must be thrown away. */
export class PostgresCrash extends Error {
  override name = "PostgresCrash";
}
