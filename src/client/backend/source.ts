/** Reading the catalogs and tables of a database through the raw SQL endpoint. */
import { type QueryResult, rawSql } from "./database.ts";
import type { HttpClient } from "../http.ts";

/** Runs a statement that only reads, as the superuser, so that row security hides nothing. */
export type Source = <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>;

/** Reads through the backend; a read that broke off is tried again. */
export function sourceOf(backend: HttpClient): Source {
  return async <Row>(sql: string, params?: readonly unknown[]) => {
    const options = { unrestricted: true, idempotent: true, params };
    return (await rawSql(backend, sql, options)).rows as QueryResult["rows"] & Row[];
  };
}

/** Schema names as the text of a PostgreSQL array, for `$1::text[]`. */
export function textArray(names: readonly string[]): string {
  return `{${names.map((name) => `"${name.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
