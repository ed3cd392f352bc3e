import { createMiddleware } from "hono/factory";
import { ApiError } from "./api_error.ts";
import { identify, invalidApiKey, unauthorized } from "./identify.ts";
import type { Identity } from "./identity.ts";
import type { Keys } from "../keys/keys.ts";
import type { LocalBackend, RequestContext, RequestVariables } from "../services.ts";

/** Lets only the project's owner pass: the API key, or a token whose role is `project_admin`. */
export function requireAdmin({ keys }: LocalBackend) {
  return createMiddleware<RequestVariables>(async (context, next) => {
    context.set("identity", await identifyAdmin(context, keys));
    await next();
  });
}

/**
 * Lets the API key, the anon key and signed-in users pass; what they may do is up to their role.
 */
export function requireUser({ keys }: LocalBackend) {
  return createMiddleware<RequestVariables>(async (context, next) => {
    context.set("identity", await identityOf(context, keys));
    await next();
  });
}

/**
 * Who sends this request, for routes where only some answers need a credential.
 * @throws {ApiError} 401 without a valid one
 */
export async function identityOf(context: RequestContext, keys: Keys): Promise<Identity> {
  return await identify(credentialOf(context), keys);
}

/** The project's owner, for routes that others may use too. @throws {ApiError} 401 or 403 */
export async function identifyAdmin(context: RequestContext, keys: Keys): Promise<Identity> {
  const credential = credentialOf(context);
  if (credential.startsWith("anon_")) throw unauthorized("The anon key does not open this route");
  const identity = await identify(credential, keys);
  if (identity.role !== "project_admin") {
    throw new ApiError(403, "AUTH_UNAUTHORIZED", "Only the project's owner may do this");
  }
  return identity;
}

/** Whether a request comes with the API key, which stands for the project and for nobody. */
export function hasApiKey(context: RequestContext): boolean {
  return credentialOf(context).startsWith("ik_");
}

/** The API key from wherever it is sent, else the bearer. */
function credentialOf(context: RequestContext): string {
  const bearer = /^Bearer +(.+)$/i.exec(context.req.header("authorization") ?? "")?.[1]?.trim();
  if (bearer?.startsWith("ik_")) return bearer;
  const apiKey = context.req.header("x-api-key");
  if (apiKey?.startsWith("ik_")) return apiKey;
  if (apiKey) throw invalidApiKey();
  if (bearer) return bearer;
  throw new ApiError(
    401,
    "AUTH_INVALID_CREDENTIALS",
    "No credential was sent",
    "Send the API key: Authorization: Bearer ik_…",
  );
}
