/**
 * Sessions: an access token, and a refresh token that the browser keeps as a cookie and others
 * themselves.
 */
import { equal } from "../keys/equal.ts";
import { createHmac } from "node:crypto";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { UserSchema } from "../../shared/contract/backend.ts";
import { ApiError } from "../http/api_error.ts";
import type { Keys } from "../keys/keys.ts";
import { readInternally, signAccessToken, signInternally, type Subject } from "../keys/tokens.ts";
import type { RequestContext } from "../services.ts";

/** Seconds that a refresh token is valid: a week, as the real backend has it. */
const REFRESH_TOKEN_SECONDS = 7 * 24 * 60 * 60;

/** Of an app's user, or of the project's owner. */
export type SessionKind = "user" | "admin";

const COOKIES: Record<SessionKind, { name: string; path: string }> = {
  user: { name: "insforge_refresh_token", path: "/api/auth" },
  admin: { name: "insforge_admin_refresh_token", path: "/api/auth/admin" },
};

/** What a refresh token says. */
export interface RefreshClaims {
  sub: string;
  kind: SessionKind;
  /** Stays when the token is renewed; the CSRF token is derived from it. */
  nonce: string;
  /**
   * Whether a browser keeps the token in its cookie, which it hands to every server of this
   * machine, on other ports as well: it renews nothing without the CSRF token.
   */
  inCookie?: boolean;
}

/** Proof of a session in the client's own keeping; which of the two depends on the client. */
export interface SessionProof {
  /** For browsers, whose refresh token is in a cookie. */
  csrfToken?: string;
  /** For all others. */
  refreshToken?: string;
}

/** A session as the API answers it. */
export interface Session extends SessionProof {
  user: UserSchema;
  accessToken: string;
}

/** Whether the client is a browser: it has a cookie jar. All others name themselves. */
export function isBrowser(context: RequestContext): boolean {
  return !["mobile", "desktop", "server"].includes(context.req.query("client_type") ?? "");
}

/** Signs a user in: the session as the client of this request keeps it. */
export async function openSession(
  context: RequestContext,
  keys: Keys,
  user: UserSchema,
  nonce?: string,
): Promise<Session> {
  const accessToken = await signAccessToken(keys, subjectOf(user));
  const claims = { sub: user.id, kind: "user", nonce: nonce ?? newNonce() } as const;
  if (isBrowser(context)) {
    return { user, accessToken, ...await keepInCookie(context, keys, claims) };
  }
  return { user, accessToken, refreshToken: await signRefreshToken(keys, claims) };
}

/** What a user's access token says. */
export function subjectOf({ id, email }: UserSchema): Subject {
  return { sub: id, email, role: "authenticated" };
}

/** Leaves the refresh token in the browser's cookie. */
export async function keepInCookie(
  context: RequestContext,
  keys: Keys,
  claims: RefreshClaims,
): Promise<{ csrfToken: string }> {
  const { name, path } = COOKIES[claims.kind];
  setCookie(context, name, await signRefreshToken(keys, { ...claims, inCookie: true }), {
    ...siteAttributes(context),
    httpOnly: true,
    path,
    maxAge: REFRESH_TOKEN_SECONDS,
  });
  return { csrfToken: csrfTokenOf(keys, claims) };
}

/** Takes the cookie of a session away. */
export function forgetCookie(context: RequestContext, kind: SessionKind): void {
  const { name, path } = COOKIES[kind];
  deleteCookie(context, name, { ...siteAttributes(context), httpOnly: true, path });
}

/** The refresh token in the browser's cookie. */
export function refreshCookie(context: RequestContext, kind: SessionKind): string | undefined {
  return getCookie(context, COOKIES[kind].name);
}

/** What the CSRF token of a new session is derived from. */
export function newNonce(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

/**
 * What a refresh token says; none when it is forged, has expired, or is of another kind of session.
 */
export async function readRefreshToken(
  keys: Keys,
  token: string,
  kind: SessionKind,
): Promise<RefreshClaims | undefined> {
  const claims = await readInternally(keys, token, "refresh");
  const { sub, sessionType, csrfNonce } = claims ?? {};
  if (sessionType !== kind || typeof sub !== "string" || typeof csrfNonce !== "string") {
    return undefined;
  }
  return { sub, kind, nonce: csrfNonce, inCookie: claims?.inCookie === true };
}

/** @throws {ApiError} 403 unless the request repeats the CSRF token of its session */
export function requireCsrfToken(
  context: RequestContext,
  keys: Keys,
  claims: RefreshClaims,
): void {
  const sent = context.req.header("x-csrf-token") ?? "";
  const expected = csrfTokenOf(keys, claims);
  if (equal(sent, expected)) return;
  throw new ApiError(403, "FORBIDDEN", "The CSRF token is missing or not that of this session");
}

async function signRefreshToken(
  keys: Keys,
  { sub, kind, nonce: csrfNonce, inCookie }: RefreshClaims,
): Promise<string> {
  const claims = { sub, type: "refresh", iss: "insforge", sessionType: kind, csrfNonce, inCookie };
  return await signInternally(keys, claims, REFRESH_TOKEN_SECONDS);
}

function csrfTokenOf(keys: Keys, { sub, kind, nonce }: RefreshClaims): string {
  return createHmac("sha256", keys.jwtSecret).update(`csrf:${kind}:${sub}:${nonce}`).digest("hex");
}

/**
 * A page of the same host gets a cookie that every browser takes over plain HTTP. Another site's
 * page needs one that crosses sites, which browsers take from this machine only as a secure one,
 * and where they block those of third parties only as one that this site's pages alone see.
 */
function siteAttributes(context: RequestContext) {
  const origin = context.req.header("origin");
  const host = new URL(context.req.url).hostname;
  return origin === undefined || URL.parse(origin)?.hostname === host
    ? { sameSite: "Lax" } as const
    : { sameSite: "None", secure: true, partitioned: true } as const;
}
