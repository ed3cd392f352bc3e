import type { UserSchema } from "../../shared/contract/backend.ts";
import type { Database } from "../database/client.ts";
import { ApiError, DatabaseError } from "../http/api_error.ts";
import { USERS_SESSION } from "../http/identity.ts";
import { isUuid } from "../http/validate.ts";

/** A user with the hash of the password; none of those who never had one. */
export interface StoredUser extends UserSchema {
  password: string | null;
}

/** What a new user begins with. */
export interface NewUser {
  email: string;
  /** A bcrypt hash. */
  password?: string;
  profile?: Record<string, unknown>;
  emailVerified?: boolean;
}

const COLUMNS =
  `u.id, u.email, u.password, u.email_verified AS "emailVerified", u.profile, u.metadata,
  u.created_at AS "createdAt", u.updated_at AS "updatedAt",
  ARRAY(SELECT DISTINCT p.provider FROM auth.user_providers p WHERE p.user_id = u.id ORDER BY 1)
    || CASE WHEN u.password IS NULL OR EXISTS (
         SELECT FROM auth.user_providers p WHERE p.user_id = u.id AND p.provider = 'email'
       ) THEN '{}'::text[] ELSE '{email}' END AS providers`;

/** Those that are listed: neither anonymous ones nor owners of older projects. */
const LISTED = `NOT u.is_anonymous AND NOT u.is_project_admin
  AND ($1::text IS NULL OR strpos(u.email, $1) > 0 OR strpos(u.profile ->> 'name', $1) > 0)`;

/** The users of the project's app: the rows of `auth.users`. */
export class Users {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  /** The user with this address, in the case that it is stored in. */
  async byEmail(email: string): Promise<StoredUser | undefined> {
    return await this.#find("u.email = $1", email);
  }

  /** The oldest user of a mailbox, whatever the case of the stored address. */
  async byMailbox(email: string): Promise<StoredUser | undefined> {
    return await this.#find("lower(u.email) = lower($1)", email);
  }

  /** A user; nobody by an id that another system gave. */
  async byId(id: string): Promise<StoredUser | undefined> {
    return isUuid(id) ? await this.#find("u.id = $1::uuid", id) : undefined;
  }

  /** One page, newest first, and how many there are. */
  async list(
    { search, limit, offset }: { search?: string; limit: number; offset: number },
  ): Promise<{ users: UserSchema[]; total: number }> {
    const { rows } = await this.#database.query<StoredUser>(
      `SELECT ${COLUMNS} FROM auth.users u WHERE ${LISTED}
      ORDER BY u.created_at DESC, u.id LIMIT $2 OFFSET $3`,
      [search || null, limit, offset],
    );
    const { rows: [count] } = await this.#database.query<{ total: number }>(
      `SELECT count(*)::int4 AS total FROM auth.users u WHERE ${LISTED}`,
      [search || null],
    );
    return { users: rows.map(withoutPassword), total: count!.total };
  }

  /** @throws {ApiError} 409 when the address is taken */
  async create({ email, password, profile = {}, emailVerified = false }: NewUser): Promise<string> {
    try {
      const { rows } = await this.#database.query<{ id: string }>(
        `INSERT INTO auth.users (email, password, profile, email_verified)
        VALUES ($1, $2, $3::jsonb, $4) RETURNING id`,
        [email, password ?? null, JSON.stringify(profile), emailVerified],
        USERS_SESSION,
      );
      return rows[0]!.id;
    } catch (error) {
      if (error instanceof DatabaseError && error.fields.constraint === "users_email_key") {
        throw new ApiError(409, "AUTH_EMAIL_EXISTS", "There is a user with this address already");
      }
      throw error;
    }
  }

  /** Merges into a profile; none when there is no such user. */
  async updateProfile(
    id: string,
    profile: Record<string, unknown>,
  ): Promise<Pick<UserSchema, "id" | "profile"> | undefined> {
    if (!isUuid(id)) return undefined;
    const { rows } = await this.#database.query<Pick<UserSchema, "id" | "profile">>(
      `UPDATE auth.users SET profile = coalesce(profile, '{}') || $2::jsonb WHERE id = $1::uuid
      RETURNING id, profile`,
      [id, JSON.stringify(profile)],
      USERS_SESSION,
    );
    return rows[0];
  }

  /** Deletes users with all that refers to them. @returns how many there were */
  async delete(ids: readonly string[]): Promise<number> {
    const { rowCount } = await this.#database.query(
      "DELETE FROM auth.users WHERE id = ANY ($1::uuid[])",
      [ids],
      USERS_SESSION,
    );
    return rowCount ?? 0;
  }

  async #find(condition: string, value: string): Promise<StoredUser | undefined> {
    const { rows } = await this.#database.query<StoredUser>(
      `SELECT ${COLUMNS} FROM auth.users u WHERE ${condition} ORDER BY u.created_at LIMIT 1`,
      [value],
    );
    return rows[0];
  }
}

/** A user as the API shows it. */
export function withoutPassword({ password: _, ...user }: StoredUser): UserSchema {
  return user;
}
