import type { Database, Transaction } from "../database/client.ts";
import { ApiError } from "../http/api_error.ts";
import { sha256Hex } from "../keys/digest.ts";
import { hashPassword, isPassword } from "./passwords.ts";

/** What a code or a link proves the ownership of a mailbox for. */
export type Purpose = "VERIFY_EMAIL" | "RESET_PASSWORD" | "SIGN_IN";

/** Minutes that a code to be typed works, and hours that a link does. */
const CODE_MINUTES = 15;
const LINK_HOURS = 24;
/** Guesses after which a code is worth nothing. */
const MOST_ATTEMPTS = 3;

interface StoredCode {
  hash: string;
  type: "NUMERIC_CODE" | "HASH_TOKEN";
  /** ISO time. */
  expires: string;
  redirectTo?: string;
}

/**
 * Codes of six digits and tokens of links that are mailed to users: the rows of `auth.email_otps`,
 * one for each address and purpose. Codes are few and rest as slow hashes; tokens are unguessable
 * and rest as fast ones, to be found by.
 */
export class OneTimeCodes {
  readonly #database: Database;
  readonly #clock: () => Date;

  constructor({ database, clock }: { database: Database; clock(): Date }) {
    this.#database = database;
    this.#clock = clock;
  }

  /** A new code of six digits; the one before works no more. */
  async createCode(email: string, purpose: Purpose, minutes = CODE_MINUTES): Promise<string> {
    const code = String(randomBelow(1_000_000)).padStart(6, "0");
    const hash = await hashPassword(code);
    const expires = this.#in(minutes);
    await put(this.#database, email, purpose, { hash, type: "NUMERIC_CODE", expires });
    return code;
  }

  /** A new token of 64 hex digits for a link. @param redirectTo where the link leads in the end */
  async createToken(email: string, purpose: Purpose, redirectTo: string): Promise<string> {
    const { token, stored } = await this.#newToken();
    await put(this.#database, email, purpose, { ...stored, redirectTo });
    return token;
  }

  /**
   * Takes a code and does what it is for, both or neither. A wrong one counts as an attempt.
   * @throws {ApiError} 400 when it is wrong, used, or too old
   */
  async take<T>(
    email: string,
    purpose: Purpose,
    code: string,
    apply: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    // Counted before it is looked at: guesses that come at once are not more than three.
    const { rows: [found] } = await this.#database.query<{ id: string; hash: string }>(
      `UPDATE auth.email_otps SET attempts_count = attempts_count + 1
      WHERE email = $1 AND purpose = $2 AND otp_type = 'NUMERIC_CODE' AND consumed_at IS NULL
        AND expires_at > $3 AND attempts_count < $4
      RETURNING id, otp_hash AS hash`,
      [email, purpose, this.#in(0), MOST_ATTEMPTS],
    );
    if (!await isPassword(code, found?.hash) || !found) throw invalid("code");
    return await this.#database.transaction(async (transaction) => {
      await this.#consume(transaction, found, "code");
      return await apply(transaction);
    });
  }

  /** Takes a code and gives a token for it, as the second step of a password reset. */
  async exchange(
    email: string,
    purpose: Purpose,
    code: string,
  ): Promise<{ token: string; expiresAt: string }> {
    const { token, stored } = await this.#newToken();
    await this.take(
      email,
      purpose,
      code,
      (transaction) => put(transaction, email, purpose, stored),
    );
    return { token, expiresAt: stored.expires };
  }

  /**
   * Takes a token and does what it is for, both or neither.
   * @throws {ApiError} 400 when there is no such token, or it is used or too old
   */
  async takeToken<T>(
    purpose: Purpose,
    token: string,
    apply: (transaction: Transaction, email: string) => Promise<T>,
  ): Promise<T> {
    const hash = await sha256Hex(token);
    return await this.#database.transaction(async (transaction) => {
      const { rows: [found] } = await transaction.query<
        { id: string; hash: string; email: string }
      >(
        `SELECT id, otp_hash AS hash, email FROM auth.email_otps
        WHERE purpose = $1 AND otp_type = 'HASH_TOKEN' AND otp_hash = $2 AND expires_at > $3`,
        [purpose, hash, this.#in(0)],
      );
      if (!found) throw invalid("token");
      await this.#consume(transaction, found, "token");
      return await apply(transaction, found.email);
    });
  }

  /** Where the link of a token leads, used or not. */
  async redirectOf(purpose: Purpose, token: string): Promise<string | undefined> {
    const { rows } = await this.#database.query<{ redirectTo: string | null }>(
      `SELECT redirect_to AS "redirectTo" FROM auth.email_otps
      WHERE purpose = $1 AND otp_type = 'HASH_TOKEN' AND otp_hash = $2`,
      [purpose, await sha256Hex(token)],
    );
    return rows[0]?.redirectTo ?? undefined;
  }

  /** @throws {ApiError} 400 when it is used, be it at the same moment, or replaced */
  async #consume(
    transaction: Transaction,
    found: { id: string; hash: string },
    what: "code" | "token",
  ): Promise<void> {
    const { rowCount } = await transaction.query(
      `UPDATE auth.email_otps SET consumed_at = $3
      WHERE id = $1 AND otp_hash = $2 AND consumed_at IS NULL`,
      [found.id, found.hash, this.#in(0)],
    );
    if (rowCount !== 1) throw invalid(what);
  }

  async #newToken() {
    const token = crypto.getRandomValues(new Uint8Array(32)).toHex();
    const expires = this.#in(LINK_HOURS * 60);
    const stored = { hash: await sha256Hex(token), type: "HASH_TOKEN", expires } as const;
    return { token, stored };
  }

  #in(minutes: number): string {
    return new Date(this.#clock().getTime() + minutes * 60_000).toISOString();
  }
}

async function put(
  database: Pick<Transaction, "query">,
  email: string,
  purpose: Purpose,
  { hash, type, expires, redirectTo }: StoredCode,
): Promise<void> {
  await database.query(
    `INSERT INTO auth.email_otps (email, purpose, otp_hash, otp_type, expires_at, redirect_to)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (email, purpose) DO UPDATE SET otp_hash = excluded.otp_hash,
      otp_type = excluded.otp_type, expires_at = excluded.expires_at,
      redirect_to = excluded.redirect_to, consumed_at = NULL, attempts_count = 0`,
    [email, purpose, hash, type, expires, redirectTo ?? null],
  );
}

function invalid(what: "code" | "token"): ApiError {
  return new ApiError(400, "INVALID_INPUT", `Invalid or expired verification ${what}`);
}

/** An even choice among the whole numbers from 0 on. */
function randomBelow(limit: number): number {
  const even = Math.floor(2 ** 32 / limit) * limit;
  const [value] = crypto.getRandomValues(new Uint32Array(1));
  return value! < even ? value! % limit : randomBelow(limit);
}
