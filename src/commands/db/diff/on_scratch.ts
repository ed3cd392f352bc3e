/** Compares a database with an empty backend's that the migrations were applied to. */
import { rawSql } from "../../../client/backend/database.ts";
import { type Source, sourceOf } from "../../../client/backend/source.ts";
import type { HttpClient } from "../../../client/http.ts";
import { HttpError, OperationError } from "../../../core/errors.ts";
import { readSchema } from "../dump/schema.ts";
import type { Difference } from "./change.ts";
import { compareSchemas } from "./compare.ts";
import { scriptOf } from "./script.ts";

export type { Difference };

/**
 * What has to be run on `scratch` so that it becomes as `wanted`. It is run there, which shows that
 * it can be; and what the versions of PostgreSQL only write differently is no difference any more.
 * @throws {OperationError} with the statements when they cannot be run
 */
export async function differenceOn(
  scratch: HttpClient,
  wanted: Source,
  schemas: readonly string[],
): Promise<Difference> {
  const before = await readSchema(sourceOf(scratch), schemas);
  const { changes, unbridged } = compareSchemas(before, await readSchema(wanted, schemas));
  if (changes.length === 0) return { changes, unbridged };
  const script = scriptOf(changes, "The difference.", true);
  await rawSql(scratch, script).catch((error) => {
    if (!(error instanceof HttpError)) throw error;
    throw new OperationError(
      `The difference cannot be run as it was found: ${error.message}`,
      "DIFF_NOT_EXECUTABLE",
      {
        hint: "Write the migration by hand: insforge db migrations new NAME",
        facts: { sql: script },
        cause: error,
      },
    );
  });
  const after = await readSchema(sourceOf(scratch), schemas);
  return { changes: compareSchemas(before, after).changes, unbridged };
}
