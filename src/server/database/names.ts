import { ApiError } from "../http/api_error.ts";
import type { RequestContext } from "../services.ts";

/** A name as SQL text, quoted. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A schema-qualified name as SQL text, quoted. */
export function qualifiedName(schema: string, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** A text as an SQL literal. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Refuses what no table, column or schema may be called.
 * @throws {ApiError} 400 DATABASE_VALIDATION_ERROR
 */
export function assertName(name: string): void {
  // deno-lint-ignore no-control-regex
  if (name.trim() === "" || /["\x00-\x1f\x7f]/.test(name)) {
    throw new ApiError(
      400,
      "DATABASE_VALIDATION_ERROR",
      "A name must not be empty, nor hold double quotes or control characters",
    );
  }
}

/**
 * The schema that a request asks about with `?schema=`, `public` by default (contract section 6).
 * @throws {ApiError} 400 for PostgreSQL's own schemas and for impossible names
 */
export function schemaParameter(context: RequestContext): string {
  return schemaNamed(context.req.query("schema")?.trim() || "public");
}

/**
 * A schema that a caller names.
 * @throws {ApiError} 400 for PostgreSQL's own schemas and for impossible names
 */
export function schemaNamed(schema: string): string {
  assertName(schema);
  if (schema === "information_schema" || schema.startsWith("pg_")) {
    throw new ApiError(400, "INVALID_INPUT", `The schema "${schema}" belongs to PostgreSQL`);
  }
  return schema;
}
