/** Migration endpoints: section 6.9 of the HTTP contract. */
import { HttpError } from "../../core/errors.ts";
import type { NewerSyntax, SqlNotice } from "../../shared/contract/raw_sql.ts";
import type { HttpClient } from "../http.ts";
import { sendChange } from "../lost_answer.ts";
import { sqlError } from "./sql_error.ts";

/** A migration that the project's database has. */
export interface AppliedMigration {
  readonly version: string;
  readonly name: string;
  readonly createdAt?: string;
}

/** One that was just applied. */
export interface NewMigration extends AppliedMigration {
  /** What the local backend says of what InsForge's own PostgreSQL would refuse. */
  readonly warnings?: readonly NewerSyntax[];
  /** What the SQL said while it ran, where the backend passes it on. */
  readonly notices?: readonly SqlNotice[];
}

const PATH = "/api/database/migrations";
/** Backends set a migration no limit. */
const TIMEOUT_MS = 60 * 60 * 1000;

/** One with what it did. */
export interface StoredMigration extends AppliedMigration {
  /** None where the backend does not tell. */
  readonly statements: readonly string[];
}

/** The applied migrations, oldest first. */
export async function listMigrations(backend: HttpClient): Promise<AppliedMigration[]> {
  return (await fetchMigrations(backend))
    .map(({ version, name, createdAt }) => ({ version, name, createdAt }));
}

/** The applied migrations with their statements, oldest first. */
export async function fetchMigrations(backend: HttpClient): Promise<StoredMigration[]> {
  type Answered = AppliedMigration & Partial<StoredMigration>;
  const answer = await backend.json<Answered[] | { migrations?: Answered[] } | undefined>(
    "GET",
    PATH,
  );
  const migrations = Array.isArray(answer) ? answer : answer?.migrations ?? [];
  return migrations.map((migration) => ({ statements: [], ...migration }))
    .map((migration) => ({ order: orderOf(migration.version), migration }))
    .sort((a, b) => a.order < b.order ? -1 : 1)
    .map(({ migration }) => migration);
}

/** @throws {TypeError} for what is no number */
function orderOf(version: unknown): bigint {
  if (typeof version === "string" && /^\d+$/.test(version)) return BigInt(version);
  throw new TypeError(`${version} is no version of a migration`);
}

/** Applies one migration, all of it or nothing. @throws {HttpError} with the place in the SQL */
export async function applyMigration(
  backend: HttpClient,
  migration: { readonly version: string; readonly name: string; readonly sql: string },
): Promise<NewMigration> {
  const options = { json: migration, timeoutMs: TIMEOUT_MS };
  return await sendChange(() => backend.json<NewMigration>("POST", PATH, options), {
    may: `migration ${migration.version} may have been applied`,
    hint: "See with `insforge db migrations status`, and go on with `insforge db migrations up`.",
  }).catch(async (error) => {
    throw error instanceof HttpError ? await sqlError(error, migration.sql) : error;
  });
}
