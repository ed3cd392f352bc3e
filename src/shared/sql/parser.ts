import type { RawStmt } from "libpg-query";

/** Thrown for a text that PostgreSQL's parser refuses. */
export class SqlSyntaxError extends Error {
  override name = "SqlSyntaxError";

  /** @param position one-based, in characters */
  constructor(message: string, readonly position: number) {
    super(message);
  }
}

let parser: Promise<typeof import("libpg-query")> | undefined;

/**
 * Loads PostgreSQL's own parser on first use: it is a megabyte and a half that many sessions never
 * need.
 */
async function loadParser() {
  const module = await (parser ??= import("libpg-query"));
  await module.loadModule();
  return module;
}

/**
 * The top-level statements of a text in PostgreSQL's parse tree.
 * @throws {SqlSyntaxError} if the text does not parse
 */
export async function parseSql(sql: string): Promise<RawStmt[]> {
  const { parse, hasSqlDetails } = await loadParser();
  if (sql.trim() === "") return [];
  try {
    return (await parse(sql)).stmts ?? [];
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    throw new SqlSyntaxError(error.message, (error.sqlDetails?.cursorPosition ?? 0) + 1);
  }
}
