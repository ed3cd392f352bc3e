import type { Keys } from "../keys/keys.ts";
import { readInternally, signInternally } from "../keys/tokens.ts";

const TYPE = "object address";
const USUAL_SECONDS = 3600;
const MOST_SECONDS = 7 * 24 * 3600;

/** What opens one object of a private bucket for whoever has its address. */
export interface ObjectToken {
  token: string;
  expiresAt: Date;
}

/** Signs a token for an object. @param wanted seconds: an hour unless given, a week at most */
export async function signObject(
  keys: Keys,
  { bucket, key }: { bucket: string; key: string },
  wanted: number,
): Promise<ObjectToken> {
  const seconds = wanted > 0 ? Math.min(wanted, MOST_SECONDS) : USUAL_SECONDS;
  const expiresAt = new Date((keys.seconds() + seconds) * 1000);
  return { token: await signInternally(keys, { type: TYPE, bucket, key }, seconds), expiresAt };
}

/** Whether the address of a request holds a token for the object that it names. */
export async function isSignedFor(
  keys: Keys,
  { bucket, key }: { bucket: string; key: string },
  token: string | undefined,
): Promise<boolean> {
  const claims = token ? await readInternally(keys, token, TYPE) : undefined;
  return claims !== undefined && claims.bucket === bucket && claims.key === key;
}
