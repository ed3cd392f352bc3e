import type { Database, Transaction } from "../../database/client.ts";
import { ApiError } from "../../http/api_error.ts";
import { AuthConfig } from "../config.ts";
import type { Person } from "./providers.ts";

/**
 * The user of an account at a sign-in service: the one who has it, else the one of the address,
 * else a new one. Who signed in there owns the address.
 * @throws {ApiError} 400 without an address to begin with, 403 when nobody may sign up
 */
export async function userOfAccount(
  backend: { database: Database },
  provider: string,
  person: Person,
): Promise<string> {
  const { disableSignup } = await new AuthConfig(backend).read();
  return await backend.database.transaction(async (transaction) => {
    const known = await byAccount(transaction, provider, person.id);
    if (known) return known;
    if (!person.email) {
      throw new ApiError(400, "INVALID_INPUT", `${provider} tells no address of this account`);
    }
    let id = await byAddress(transaction, person.email);
    if (!id && disableSignup) {
      throw new ApiError(403, "AUTH_SIGNUP_DISABLED", "This project takes no new users");
    }
    id ??= await newUser(transaction, person);
    await transaction.query(
      `INSERT INTO auth.user_providers (user_id, provider, provider_account_id, provider_data)
      VALUES ($1, $2, $3, $4::jsonb)`,
      [id, provider, person.id, JSON.stringify({ ...person.details, avatar_url: person.avatar })],
    );
    return id;
  });
}

async function byAccount(
  { query, queryAsOwner }: Transaction,
  provider: string,
  accountId: string,
): Promise<string | undefined> {
  const { rows } = await query<{ id: string }>(
    `UPDATE auth.user_providers SET updated_at = now()
    WHERE provider = $1 AND provider_account_id = $2 RETURNING user_id AS id`,
    [provider, accountId],
  );
  const id = rows[0]?.id;
  if (id) {
    await queryAsOwner(
      "UPDATE auth.users SET email_verified = true WHERE id = $1 AND NOT email_verified",
      [id],
    );
  }
  return id;
}

async function byAddress(
  { queryAsOwner }: Transaction,
  email: string,
): Promise<string | undefined> {
  const { rows } = await queryAsOwner<{ id: string }>(
    `UPDATE auth.users SET email_verified = true WHERE id = (
      SELECT id FROM auth.users WHERE lower(email) = lower($1) ORDER BY created_at LIMIT 1
    ) RETURNING id`,
    [email],
  );
  return rows[0]?.id;
}

async function newUser(
  { queryAsOwner }: Transaction,
  { email, name, avatar }: Person,
): Promise<string> {
  const { rows } = await queryAsOwner<{ id: string }>(
    `INSERT INTO auth.users (email, profile, email_verified) VALUES ($1, $2::jsonb, true)
    RETURNING id`,
    [email, JSON.stringify({ name, avatar_url: avatar })],
  );
  return rows[0]!.id;
}
