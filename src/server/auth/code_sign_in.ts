import type { Transaction } from "../database/client.ts";
import { ApiError } from "../http/api_error.ts";
import type { OneTimeCodes } from "./one_time_codes.ts";

/**
 * Signs the owner of a mailbox in by a code that was mailed there; who is new becomes a user, if
 * sign-up is open.
 * @returns the user's id
 * @throws {ApiError} 400 with a wrong code, 403 when nobody may sign up
 */
export async function signInByCode(
  codes: OneTimeCodes,
  { email, otp, name }: { email: string; otp: string; name?: string },
  isSignUpOpen: boolean,
): Promise<string> {
  const id = await codes.take(email, "SIGN_IN", otp, async (transaction) => {
    const id = await existing(transaction, email) ??
      (isSignUpOpen ? await created(transaction, email, name) : undefined);
    if (id) await linkMailbox(transaction, id, email);
    return id;
  });
  if (id) return id;
  throw new ApiError(403, "AUTH_SIGNUP_DISABLED", "This project takes no new users");
}

/**
 * Whoever registered the address before it was confirmed may not be its owner: their password goes.
 */
async function existing(
  { queryAsOwner }: Transaction,
  email: string,
): Promise<string | undefined> {
  const { rows } = await queryAsOwner<{ id: string }>(
    `UPDATE auth.users
    SET password = CASE WHEN email_verified THEN password END, email_verified = true
    WHERE id = (
      SELECT id FROM auth.users WHERE lower(email) = $1 ORDER BY created_at LIMIT 1
    ) RETURNING id`,
    [email],
  );
  return rows[0]?.id;
}

async function created(
  { queryAsOwner }: Transaction,
  email: string,
  name?: string,
): Promise<string> {
  const { rows } = await queryAsOwner<{ id: string }>(
    `INSERT INTO auth.users (email, profile, email_verified) VALUES ($1, $2::jsonb, true)
    RETURNING id`,
    [email, JSON.stringify(name ? { name } : {})],
  );
  return rows[0]!.id;
}

async function linkMailbox({ query }: Transaction, id: string, email: string): Promise<void> {
  await query(
    `INSERT INTO auth.user_providers (user_id, provider, provider_account_id, provider_data)
    VALUES ($1, 'email', $2, '{"method": "otp"}')
    ON CONFLICT (provider, provider_account_id) DO UPDATE
      SET provider_data = excluded.provider_data, updated_at = now()
      WHERE auth.user_providers.user_id = excluded.user_id`,
    [id, email],
  );
}
