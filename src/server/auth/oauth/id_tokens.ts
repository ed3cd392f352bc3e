/** ID tokens: what a service's own app says about who signed in there, signed by the service. */
import { verifyWithJwks } from "hono/jwt";
import { ApiError } from "../../http/api_error.ts";
import { sha256Hex } from "../../keys/digest.ts";
import { openIdPerson, type Person } from "./providers.ts";

/** Who signs, and where the public keys are. */
const ISSUERS: Record<string, { issuer: RegExp; keys: string }> = {
  google: {
    issuer: /^(https:\/\/)?accounts\.google\.com$/,
    keys: "https://www.googleapis.com/oauth2/v3/certs",
  },
  apple: {
    issuer: /^https:\/\/appleid\.apple\.com$/,
    keys: "https://appleid.apple.com/auth/keys",
  },
};

/** Milliseconds that the keys of a service may take to come. */
const PATIENCE = 10_000;

/**
 * Who an ID token is about, once its signature, issuer, audience and time are checked.
 * @param clientIds of which one the token must be for
 * @param nonce that the app gave the service, which repeats it as it is or as its SHA-256 in hex
 * @throws {ApiError} 401
 */
export async function idTokenPerson(
  provider: string,
  token: string,
  clientIds: string[],
  nonce?: string,
): Promise<Person> {
  const { issuer, keys } = ISSUERS[provider]!;
  const claims: Record<string, unknown> | undefined = await verifyWithJwks(token, {
    jwks_uri: keys,
    allowedAlgorithms: ["RS256"],
    verification: { iss: issuer, aud: clientIds },
  }, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined);
  const isRepeated = nonce === undefined ||
    [nonce, await sha256Hex(nonce)].includes(String(claims?.nonce));
  if (!claims?.exp || !claims.sub || !isRepeated) {
    throw new ApiError(
      401,
      "AUTH_UNAUTHORIZED",
      `${provider} did not sign this token for this app`,
    );
  }
  const person = openIdPerson(claims);
  const isOwned = claims.email_verified === true || claims.email_verified === "true";
  const email = isOwned ? person.email.toLowerCase() : "";
  return { ...person, email, name: person.name || email.split("@")[0]!, details: claims };
}
