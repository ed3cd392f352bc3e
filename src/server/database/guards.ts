import { ApiError } from "../http/api_error.ts";
import type { SqlStatement } from "./statements.ts";

const DATABASE_MANAGEMENT = new Set([
  "CreatedbStmt",
  "AlterDatabaseStmt",
  "AlterDatabaseSetStmt",
  "AlterDatabaseRefreshCollStmt",
  "DropdbStmt",
]);

const ROLE_MANAGEMENT = new Set([
  "CreateRoleStmt",
  "AlterRoleStmt",
  "AlterRoleSetStmt",
  "DropRoleStmt",
  "GrantRoleStmt",
]);

const ROLE_SETTINGS = new Set(["role", "session_authorization"]);
const GUARDED_SETTINGS = new Set(["search_path", "statement_timeout", "all"]);

function refusalOf({ kind, object, setting = "" }: SqlStatement): string | undefined {
  if (DATABASE_MANAGEMENT.has(kind) || object === "OBJECT_DATABASE") {
    return "Managing databases is not allowed.";
  }
  if (ROLE_MANAGEMENT.has(kind) || object === "OBJECT_ROLE") {
    return "Managing database roles is not allowed.";
  }
  // A value that does not fit would keep the database from starting again.
  if (kind === "AlterSystemStmt") return "Changing the server's configuration is not allowed.";
  if (kind === "TransactionStmt") return "Transaction control statements are not allowed.";
  if (ROLE_SETTINGS.has(setting)) {
    return "Changing the SQL role or session authorization is not allowed.";
  }
  if (GUARDED_SETTINGS.has(setting)) {
    return setting === "all"
      ? "Resetting the session configuration is not allowed."
      : `Changing ${setting} is not allowed.`;
  }
}

/**
 * Refuses a text for what it holds anywhere, strings and comments included: `set_config` (contract
 * section 16.6).
 * @throws {ApiError}
 */
export function assertTextAllowed(sql: string): void {
  // PostgreSQL reads a text up to its first NUL, so what follows one would not be looked at.
  if (sql.includes("\0")) {
    throw new ApiError(400, "INVALID_INPUT", "SQL must not hold NUL characters");
  }
  if (/\bset_config\b/i.test(sql)) {
    throw new ApiError(403, "FORBIDDEN", "Changing the SQL session configuration is not allowed.");
  }
}

/**
 * Refuses what no request may do, whatever its role (contract section 16.6); only top-level
 * statements are looked at.
 * @throws {ApiError} 403 FORBIDDEN
 */
export function assertAllowed(statements: readonly SqlStatement[]): void {
  for (const statement of statements) {
    const refusal = refusalOf(statement);
    if (refusal) throw new ApiError(403, "FORBIDDEN", refusal);
  }
}
