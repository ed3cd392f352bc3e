import type { ParseResult, RawStmt } from "libpg-query";
import { type Grammar, loadParser } from "./parser_engine.ts";

/** Thrown for a text that PostgreSQL's parser refuses. */
export class SqlSyntaxError extends Error {
  override name = "SqlSyntaxError";

  /** @param position one-based, in characters */
  constructor(message: string, readonly position: number) {
    super(message);
  }
}

/**
 * The top-level statements of a text in PostgreSQL's parse tree.
 * @throws {SqlSyntaxError} if the text does not parse
 */
export async function parseSql(sql: string): Promise<RawStmt[]> {
  const parse = await loadParser();
  const parsed = parse(sql);
  if ("message" in parsed) throw new SqlSyntaxError(parsed.message, parsed.position);
  return (JSON.parse(parsed.tree) as ParseResult).stmts ?? [];
}

/** What a grammar says against each of some texts; undefined for those that it takes. */
export async function refusals(
  texts: readonly string[],
  grammar: Grammar,
): Promise<(SqlSyntaxError | undefined)[]> {
  if (texts.length === 0) return [];
  const parse = await loadParser(grammar);
  return texts.map((text) => {
    const parsed = parse(text);
    return "message" in parsed ? new SqlSyntaxError(parsed.message, parsed.position) : undefined;
  });
}
