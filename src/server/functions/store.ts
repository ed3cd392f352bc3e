import type { FunctionSchema } from "../../shared/contract/backend.ts";
import type { LocalBackend } from "../services.ts";

/** A function as the API shows it (contract section 8). */
export type StoredFunction = FunctionSchema;
export type FunctionStatus = "draft" | "active";

const COLUMNS = `id, slug, name, description, status, created_at AS "createdAt",
  updated_at AS "updatedAt", deployed_at AS "deployedAt"`;

/** The functions of the project, in its database. */
export class FunctionStore {
  readonly #backend: Pick<LocalBackend, "database" | "clock">;

  constructor(backend: Pick<LocalBackend, "database" | "clock">) {
    this.#backend = backend;
  }

  /** All functions without their code, newest first. */
  async list(): Promise<Omit<StoredFunction, "code">[]> {
    return await this.#backend.database.remembered<Omit<StoredFunction, "code">>(
      `SELECT ${COLUMNS} FROM functions.definitions ORDER BY created_at DESC, slug`,
    );
  }

  async find(slug: string): Promise<StoredFunction | undefined> {
    const { rows } = await this.#backend.database.query<StoredFunction>(
      `SELECT ${COLUMNS}, code FROM functions.definitions WHERE slug = $1`,
      [slug],
    );
    return rows[0];
  }

  /** Creates a function; `undefined` when the slug is taken. */
  async create(
    { slug, name, description, code, status }: {
      slug: string;
      name: string;
      description?: string;
      code: string;
      status: FunctionStatus;
    },
  ): Promise<StoredFunction | undefined> {
    const now = this.#backend.clock().toISOString();
    const { rows } = await this.#backend.database.query<StoredFunction>(
      `INSERT INTO functions.definitions
        (slug, name, description, code, status, created_at, updated_at, deployed_at)
      VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
      ON CONFLICT (slug) DO NOTHING RETURNING ${COLUMNS}, code`,
      [slug, name, description || null, code, status, now, status === "active" ? now : null],
    );
    return rows[0];
  }

  /** Changes what is given; `undefined` when there is no such function. */
  async update(
    slug: string,
    { name, description, code, status }: {
      name?: string;
      description?: string;
      code?: string;
      status?: FunctionStatus;
    },
  ): Promise<StoredFunction | undefined> {
    const { rows } = await this.#backend.database.query<StoredFunction>(
      `UPDATE functions.definitions SET name = coalesce($2, name),
        description = CASE WHEN $3 THEN $4 ELSE description END, code = coalesce($5, code),
        status = coalesce($6, status), updated_at = $7,
        deployed_at = CASE WHEN $6 = 'active' THEN $7::timestamptz ELSE deployed_at END
      WHERE slug = $1 RETURNING ${COLUMNS}, code`,
      [
        slug,
        name ?? null,
        description !== undefined,
        description,
        code ?? null,
        status ?? null,
        this.#backend.clock().toISOString(),
      ],
    );
    return rows[0];
  }

  /** Whether there was one to delete. */
  async delete(slug: string): Promise<boolean> {
    const { rowCount } = await this.#backend.database.query(
      "DELETE FROM functions.definitions WHERE slug = $1",
      [slug],
    );
    return rowCount === 1;
  }
}
