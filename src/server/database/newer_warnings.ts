/** What is told of statements that ran here, and that InsForge's own PostgreSQL would refuse. */
import type { NewerSyntax } from "../../shared/contract/raw_sql.ts";
import type { Database } from "./client.ts";
import type { SqlStatement } from "./statements.ts";

/**
 * What of statements that ran 15 does not take. A function of the project's own that is named like
 * a newer one of PostgreSQL's is there on 15 as well.
 * @param lineOf the one-based line of a statement, by its index
 */
export async function newerSyntaxOf(
  database: Pick<Database, "query">,
  statements: readonly Pick<SqlStatement, "newer">[],
  lineOf: (index: number) => number,
): Promise<NewerSyntax[]> {
  const called = statements.flatMap(({ newer = [] }) => newer.flatMap(({ call }) => call ?? []));
  const own = called.length > 0 ? await ownFunctions(database, called) : [];
  return statements.flatMap(({ newer = [] }, index) => {
    const what = newer.filter(({ call }) => !call || !own.includes(call)).map(({ what }) => what);
    if (what.length === 0) return [];
    const statement = statements.length > 1 ? index + 1 : undefined;
    return [{ line: lineOf(index), statement, what }];
  });
}

async function ownFunctions(
  database: Pick<Database, "query">,
  names: readonly string[],
): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT DISTINCT proname AS name FROM pg_proc
     WHERE proname = ANY ($1::text[]) AND pronamespace <> 'pg_catalog'::regnamespace`,
    [[...names]],
  );
  return rows.map(({ name }) => name);
}
