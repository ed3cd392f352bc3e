/** Values of `bytea` as PostgreSQL writes them. */
import type { QueryResult, StatementResult } from "../../client/backend/database.ts";

/** The OIDs of `bytea` and of its arrays (pg_type.dat). */
const BINARY = new Set([17, 1001]);

/**
 * A result whose binary values are text: `\\x0102` for what backends send as
 * `{"type":"Buffer","data":[1,2]}` (section 6.1 of the HTTP contract).
 */
export function withHexBytes(result: QueryResult): QueryResult {
  const { results, ...own } = result;
  return results ? { ...hexOf(own), results: results.map(hexOf) } : hexOf(own);
}

function hexOf<R extends StatementResult>(result: R): R {
  const names = result.fields?.filter(({ dataTypeID }) => BINARY.has(dataTypeID))
    .map(({ name }) => name) ?? [];
  if (names.length === 0) return result;
  const rows = result.rows.map((row) => ({
    ...row,
    ...Object.fromEntries(names.map((name) => [name, hexValue(row[name])])),
  }));
  return { ...result, rows };
}

function hexValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hexValue);
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
  if (type !== "Buffer" || !Array.isArray(data)) return value;
  return `\\x${new Uint8Array(data).toHex()}`;
}
