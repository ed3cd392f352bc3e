/**
 * The key that signs releases (Ed25519). Its public half is compiled into every executable, which
 * then upgrades itself to nothing else. A release workflow has both in `INSFORGE_RELEASE_KEY` (the
 * public half, raw, in Base64) and, where it signs, `INSFORGE_SIGNING_KEY` (PKCS #8, in Base64); a
 * checkout makes a key of its own.
 */

const OWN_KEY = ".setup/signing_key";
const ALGORITHM = "Ed25519";
/** What stands before the 32 bytes of a public key in its SubjectPublicKeyInfo. */
const SPKI_HEAD = Uint8Array.fromHex("302a300506032b6570032100");

/** The public half, raw, in Base64. */
export async function publicKey(): Promise<string> {
  return Deno.env.get("INSFORGE_RELEASE_KEY") ?? publicHalf(await privateKey());
}

/** The public half as OpenSSL and Node read it, in Base64. */
export async function publicKeyInfo(): Promise<string> {
  return new Uint8Array([...SPKI_HEAD, ...Uint8Array.fromBase64(await publicKey())]).toBase64();
}

/** Whether this process can sign. */
export function canSign(): boolean {
  return Deno.env.has("INSFORGE_SIGNING_KEY") || !Deno.env.has("INSFORGE_RELEASE_KEY");
}

/** The 64 bytes of a signature. @throws {Error} when the key is not the one that is compiled in */
export async function sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const key = await privateKey();
  if (await publicHalf(key) !== await publicKey()) {
    throw new Error("INSFORGE_SIGNING_KEY is not the private half of INSFORGE_RELEASE_KEY");
  }
  return new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, bytes));
}

async function privateKey(): Promise<CryptoKey> {
  const text = Deno.env.get("INSFORGE_SIGNING_KEY") ?? await ownKey();
  return await crypto.subtle.importKey("pkcs8", Uint8Array.fromBase64(text), ALGORITHM, true, [
    "sign",
  ]);
}

async function publicHalf(key: CryptoKey): Promise<string> {
  const { x } = await crypto.subtle.exportKey("jwk", key);
  return Uint8Array.fromBase64(x!, { alphabet: "base64url" }).toBase64();
}

/** A key for what is built and tried in this checkout, made once. */
async function ownKey(): Promise<string> {
  try {
    return await Deno.readTextFile(OWN_KEY);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const { privateKey } = await crypto.subtle.generateKey(ALGORITHM, true, [
      "sign",
      "verify",
    ]) as CryptoKeyPair;
    const text = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)).toBase64();
    await Deno.writeTextFile(OWN_KEY, text, { createNew: true, mode: 0o600 });
    return text;
  }
}
