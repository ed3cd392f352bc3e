import { ApiError } from "../../http/api_error.ts";
import type { Keys } from "../../keys/keys.ts";
import { readInternally, signInternally } from "../../keys/tokens.ts";

/** Seconds in which a sign-in that was begun has to come back. */
const STATE_SECONDS = 60 * 60;

/** What a sign-in takes along on its way through the service and back. */
export interface OAuthState {
  provider: string;
  /** Where the app wants the browser back. */
  redirectUri: string;
  /** Base64url SHA-256 of what the app will show to get its session. */
  codeChallenge: string;
}

/** The state as a signed text. */
export function signState(keys: Keys, state: OAuthState): Promise<string> {
  return signInternally(keys, { ...state, type: "oauth state" }, STATE_SECONDS);
}

/**
 * @throws {ApiError} 400 when it is not one of this server's, or too old, or of another provider
 */
export async function readState(
  keys: Keys,
  text: string | undefined,
  provider?: string,
): Promise<OAuthState> {
  const claims = text ? await readInternally(keys, text, "oauth state") : undefined;
  const state = claims as OAuthState | undefined;
  if (state && (provider === undefined || state.provider === provider)) return state;
  throw new ApiError(400, "INVALID_INPUT", "Invalid state parameter", "Begin the sign-in anew.");
}
