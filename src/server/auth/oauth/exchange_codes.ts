import { ApiError } from "../../http/api_error.ts";

/** Milliseconds in which an app has to come for its session. */
const LIFETIME_MS = 5 * 60_000;

interface Pending {
  userId: string;
  codeChallenge: string;
  until: number;
}

/** Codes that browsers carry back to the app, which turns each, once, into a session (RFC 7636). */
export class ExchangeCodes {
  readonly #clock: () => Date;
  readonly #pending = new Map<string, Pending>();

  constructor({ clock }: { clock(): Date }) {
    this.#clock = clock;
  }

  create(userId: string, codeChallenge: string): string {
    const now = this.#clock().getTime();
    for (const [code, { until }] of this.#pending) if (until <= now) this.#pending.delete(code);
    const code = crypto.getRandomValues(new Uint8Array(32)).toHex();
    this.#pending.set(code, { userId, codeChallenge, until: now + LIFETIME_MS });
    return code;
  }

  /**
   * The user of a code, which then works no more.
   * @throws {ApiError} 400 when it is unknown, too old, or the verifier is not that of the
   * challenge
   */
  async take(code: string, verifier: string): Promise<string> {
    const pending = this.#pending.get(code);
    this.#pending.delete(code);
    if (!pending || pending.until <= this.#clock().getTime()) {
      throw new ApiError(400, "INVALID_INPUT", "Invalid or expired code");
    }
    if (await challengeOf(verifier) !== pending.codeChallenge) {
      throw new ApiError(400, "AUTH_UNAUTHORIZED", "PKCE verification failed");
    }
    return pending.userId;
  }
}

/** The challenge of a verifier: base64url of its SHA-256. */
export async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
