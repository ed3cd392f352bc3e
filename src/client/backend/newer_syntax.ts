/** What is said of SQL that the local backend ran and InsForge's own PostgreSQL would not. */
import type { NewerSyntax } from "../../shared/contract/raw_sql.ts";

/**
 * The warning.
 * @param file what the SQL was read from, and the line on which the text of the request begins
 */
export function newerWarning(
  { line, statement, what }: NewerSyntax,
  file?: { readonly name: string; readonly firstLine?: number },
): string {
  const place = file ? `${file.name}, line ${line + (file.firstLine ?? 1) - 1}: ` : "";
  const which = file === undefined && statement !== undefined ? ` of statement ${statement}` : "";
  return `${place}InsForge runs PostgreSQL 15, which does not take this${which}: ` +
    `${what.join(", ")}.`;
}
