/**
 * A mark in a database's folder that says which internal schemas the database has, so that a start
 * need not ask it: the first query takes longest, as all is compiled that it comes through.
 */

function markIn(directory: string): string {
  return `${directory}/schema_digest`;
}

/** The digest of the schemas that a database has, if it says so. */
export function schemaOf(directory: string): string | undefined {
  try {
    return Deno.readTextFileSync(markIn(directory));
  } catch {
    return undefined;
  }
}

/** Call once all of them are applied: a database without the mark is asked. */
export function markSchema(directory: string, digest: string): void {
  try {
    Deno.writeTextFileSync(markIn(directory), digest, { mode: 0o600 });
  } catch {
    // A full disk.
  }
}
