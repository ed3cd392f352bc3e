/**
 * How a local backend shows that it is the one of a data directory, without a key being sent to
 * whatever program answers on its port: it answers a challenge with what only the key makes.
 */

/** `GET` with `?challenge=`, 32 to 128 hexadecimal digits; answers an {@link KeyProofs}. Public. */
export const IDENTITY_PATH = "/api/local/identity";

/** The answer: one proof for each API key that is valid now. */
export interface KeyProofs {
  readonly proofs: readonly string[];
}

const CHALLENGE = /^[\da-f]{32,128}$/;

/** A challenge that was never used before. */
export function newChallenge(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}

/** Whether text is a challenge: nothing else is ever signed. */
export function isChallenge(text: string | undefined): text is string {
  return text !== undefined && CHALLENGE.test(text);
}

/**
 * HMAC-SHA-256 in hex. It covers the port, so that a program on another port cannot pass the
 * challenge on to the backend and its answer back.
 */
export async function proofOf(apiKey: string, challenge: string, port: number): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(apiKey), algorithm, false, ["sign"]);
  const signed = bytes(`insforge local backend\n${port}\n${challenge}`);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, signed)).toHex();
}
