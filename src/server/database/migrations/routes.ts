import { createMigrationRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { adminSession } from "../../http/identity.ts";
import { ApiError, DatabaseError } from "../../http/api_error.ts";
import type { Area, LocalBackend, RequestVariables } from "../../services.ts";
import { parseBody, readJson } from "../../http/validate.ts";
import type { SqlNotice } from "../../../shared/contract/raw_sql.ts";
import type { Database, Transaction } from "../client.ts";
import { checkSql } from "../run_sql.ts";
import { lineAt, type SqlStatement } from "../statements.ts";
import { newerSyntaxOf } from "../newer_warnings.ts";
import { risksOf } from "./risks.ts";

/** A migration that was applied, as the contract shows it. */
interface Migration {
  version: string;
  name: string;
  statements: string[];
  createdAt: string;
}

/** Milliseconds that a migration may take: it has no limit of its own, and yet must end. */
const MIGRATION_TIMEOUT_MS = 60 * 60 * 1000;

/** Migrations (contract section 6.9). */
export function migrations({ database }: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .get("/", async (context) => {
      const { rows } = await database.query<Migration>(`
        SELECT version, name, statements, created_at AS "createdAt"
        FROM system.custom_migrations ORDER BY version::numeric DESC`);
      return context.json({ migrations: rows });
    })
    .post("/", async (context) => {
      const request = await parseBody(context, createMigrationRequestSchema);
      const statements = await statementsOf(database, request.sql);
      const apply = (transaction: Transaction) => record(transaction, request, statements);
      const { migration, notices } = await database.transaction(
        apply,
        adminSession,
        MIGRATION_TIMEOUT_MS,
      );
      const lineOf = (index: number) => lineAt(request.sql, statements[index]!.start);
      const warnings = await newerSyntaxOf(database, statements, lineOf);
      const told = {
        ...warnings.length > 0 && { warnings },
        ...notices.length > 0 && { notices },
      };
      return context.json({ ...migration, ...told, message: "The migration was applied" }, 201);
    })
    .post("/dry-run", async (context) => {
      const { sql } = await readJson(context) as { sql?: unknown };
      if (typeof sql !== "string" || sql.trim() === "") {
        throw new ApiError(400, "INVALID_INPUT", "sql: a text is required");
      }
      return context.json(await tryOut(database, sql));
    });
}

async function statementsOf(database: Database, sql: string): Promise<SqlStatement[]> {
  const statements = await checkSql(database, sql);
  if (statements.length === 0) {
    throw new ApiError(400, "INVALID_INPUT", "sql: at least one statement is required");
  }
  return statements;
}

async function record(
  transaction: Transaction,
  { version, name, sql }: { version: string; name: string; sql: string },
  statements: readonly SqlStatement[],
): Promise<{ migration: Migration; notices: readonly SqlNotice[] }> {
  const { rows: newer } = await transaction.query(
    "SELECT FROM system.custom_migrations WHERE version::numeric >= $1::numeric LIMIT 1",
    [version],
  );
  if (newer.length > 0) {
    throw new ApiError(
      409,
      "DATABASE_MIGRATION_ALREADY_EXISTS",
      `Version ${version} is not newer than the latest migration that was applied`,
      "GET /api/database/migrations lists them.",
    );
  }
  await transaction.run("SET LOCAL search_path = public");
  const { notices } = await transaction.run(sql).catch((error) => {
    throw error instanceof DatabaseError
      ? new DatabaseError(error.fields, error.fields.notices)
      : error;
  });
  const { rows } = await transaction.queryOwn<Migration>(
    `INSERT INTO system.custom_migrations (version, name, statements) VALUES ($1, $2, $3::text[])
     RETURNING version, name, statements, created_at AS "createdAt"`,
    [version, name, asWritten(sql, statements)],
  );
  const [row] = rows;
  const migration = { ...row!, createdAt: new Date(row!.createdAt).toISOString() };
  return { migration, notices };
}

/** Each statement with the semicolon that ends it, if one does. */
function asWritten(sql: string, statements: readonly SqlStatement[]): string[] {
  return statements.map(({ text, start }) => {
    const end = /\s*;/y;
    end.lastIndex = start + text.length;
    return end.test(sql) ? `${text};` : text;
  });
}

/** Marks that a trial is over; it takes the transaction back. */
class TrialOver extends Error {}

async function tryOut(database: Database, sql: string) {
  try {
    const statements = await statementsOf(database, sql);
    const risks = risksOf(statements);
    const error = await database.transaction(async (transaction) => {
      await transaction.run("SET LOCAL search_path = public");
      await transaction.run(sql);
      throw new TrialOver();
    }, adminSession).catch((error) => {
      if (error instanceof TrialOver) return undefined;
      if (error instanceof DatabaseError) return error.message;
      throw error;
    });
    return {
      valid: error === undefined,
      statementCount: statements.length,
      statements: statements.map(({ text }) => text),
      ...risks,
      error,
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { message } = error;
    const none = { statementCount: 0, statements: [], riskLevel: "SAFE", riskFactors: [] };
    return { valid: false, ...none, error: message };
  }
}
