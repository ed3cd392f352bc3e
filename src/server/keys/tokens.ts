/**
 * Signed tokens (JWT) of this project: users' access tokens, and what the server hands out to
 * itself.
 */
import { decode, sign, verify } from "hono/jwt";
import type { Keys, SigningKey } from "./keys.ts";

/** Seconds that an access token is valid, as the real backend has it. */
const ACCESS_TOKEN_SECONDS = 15 * 60;

export type Claims = Record<string, unknown>;

/** Whom an access token is for. */
export interface Subject {
  /** Id of the user; of the project's owner any name. */
  sub: string;
  email?: string;
  role: "authenticated" | "project_admin";
}

/** Signs an access token (RS256). @param seconds that it is valid */
export async function signAccessToken(
  keys: Keys,
  subject: Subject,
  seconds = ACCESS_TOKEN_SECONDS,
): Promise<string> {
  return await sign(lasting(keys, { ...subject }, seconds), await keys.signingKey());
}

/** Signs what only this server reads again (HS256). @param seconds that it is valid */
export async function signInternally(
  keys: Keys,
  claims: Claims & { type: string },
  seconds: number,
): Promise<string> {
  return await sign(lasting(keys, claims, seconds), keys.jwtSecret, "HS256");
}

/**
 * The claims of a token that this server signed for itself with this `type`; none when it is not,
 * or has expired.
 */
export async function readInternally(
  keys: Keys,
  token: string,
  type: string,
): Promise<Claims | undefined> {
  const claims = await verify(token, keys.jwtSecret, unexpiring("HS256")).catch(() => undefined);
  return claims?.type === type && isCurrent(keys, claims) ? claims : undefined;
}

/**
 * The claims of an access token: one of this server, or one that was signed by hand with the
 * project's JWT secret. None when it is forged, has expired, or is of another type, such as a
 * refresh token.
 */
export async function readAccessToken(keys: Keys, token: string): Promise<Claims | undefined> {
  try {
    const { kid, alg } = decode(token).header as { kid?: string; alg?: string };
    const claims = alg === "RS256"
      ? await verifySigned(keys, token, kid)
      : await verify(token, keys.jwtSecret, unexpiring("HS256"));
    return claims && claims.type === undefined && isCurrent(keys, claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** What of a signing key may be public. */
export function publicKeyOf({ kty, n, e, alg, kid }: SigningKey) {
  return { kty, n, e, alg, kid, use: "sig" };
}

async function verifySigned(keys: Keys, token: string, kid?: string): Promise<Claims | undefined> {
  const key = await keys.signingKey();
  if (key.kid !== kid) return undefined;
  return await verify(token, await imported(key), unexpiring("RS256"));
}

const publicKeys = new WeakMap<SigningKey, Promise<CryptoKey>>();

function imported(key: SigningKey): Promise<CryptoKey> {
  const known = publicKeys.get(key);
  if (known) return known;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const made = crypto.subtle.importKey("jwk", publicKeyOf(key), algorithm, false, ["verify"]);
  publicKeys.set(key, made);
  return made;
}

/** The times are checked here, by the server's clock. */
function unexpiring<Algorithm extends "HS256" | "RS256">(alg: Algorithm) {
  return { alg, exp: false, nbf: false, iat: false };
}

function isCurrent(keys: Keys, { exp, nbf }: Claims): boolean {
  const now = keys.seconds();
  const isTime = (value: unknown) => value === undefined || Number.isFinite(value);
  return isTime(exp) && isTime(nbf) && (exp as number ?? Infinity) > now &&
    (nbf as number ?? 0) <= now;
}

function lasting(keys: Keys, claims: Claims, seconds: number): Claims {
  const iat = keys.seconds();
  return { ...claims, iat, exp: iat + seconds };
}
