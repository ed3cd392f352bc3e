/** Who made a release: the holder of the key whose public half this executable carries. */
import { readPrepared } from "../files/prepared_files.ts";
import { OperationError } from "../core/errors.ts";

/** Where the build leaves the public key: Ed25519, raw, in Base64. */
const KEY_FILE = "release_key";

/**
 * Makes sure that the makers of this executable signed these bytes. The key does not come from
 * where the release does, so that who holds that place cannot make releases.
 * @throws {OperationError}
 */
export async function requireSignature(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const text = new TextDecoder().decode(readPrepared(KEY_FILE));
  const raw = Uint8Array.fromBase64(text);
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  if (await crypto.subtle.verify("Ed25519", key, signature, bytes)) return;
  throw new OperationError(
    `The signature of ${name} is not by the makers of this insforge: nothing was changed.`,
    "NOT_SIGNED",
    { hint: "Do not trust this host or mirror; a build of one's own takes releases of one's own." },
  );
}
