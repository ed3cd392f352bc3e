import type { Keys } from "../keys/keys.ts";
import { readAccessToken } from "../keys/tokens.ts";
import { ApiError } from "./api_error.ts";
import type { Identity } from "./identity.ts";

const OWNER: Identity = { role: "project_admin" };

/**
 * Who a credential stands for. Its prefix decides what it is; one that fails its check is not tried
 * as another.
 * @throws {ApiError} 401
 */
export async function identify(credential: string, keys: Keys): Promise<Identity> {
  if (credential.startsWith("ik_")) {
    if (keys.isApiKey(credential)) return OWNER;
    throw invalidApiKey();
  }
  if (credential.startsWith("anon_")) {
    if (keys.isAnonKey(credential)) return { role: "anon" };
    throw new ApiError(401, "AUTH_INVALID_CREDENTIALS", "The anon key is not valid");
  }
  return await identifyToken(credential, keys);
}

async function identifyToken(token: string, keys: Keys): Promise<Identity> {
  const claims = await readAccessToken(keys, token);
  if (!claims) throw unauthorized("The token is not valid, or has expired");
  if (claims.role === "project_admin") return OWNER;
  if (claims.role === "anon") return { role: "anon" };
  const { sub, email } = claims;
  if (typeof sub !== "string" || sub === "") throw unauthorized("The token names no user");
  return {
    role: "authenticated",
    userId: sub,
    email: typeof email === "string" ? email : undefined,
  };
}

/** The refusal of an API key. */
export function invalidApiKey(): ApiError {
  return new ApiError(
    401,
    "AUTH_INVALID_API_KEY",
    "The API key is not valid",
    "Check the key that is sent.",
  );
}

/** The refusal of what is no credential for this. */
export function unauthorized(message: string): ApiError {
  return new ApiError(401, "AUTH_UNAUTHORIZED", message);
}
