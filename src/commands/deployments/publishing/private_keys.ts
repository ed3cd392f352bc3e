/** Recognises private keys, whatever their files are called. */

const BEGINNINGS =
  /^\s*(?:-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d: )/;

/** As Google writes the key of a service account, among other facts of it. */
const IN_JSON = /^\s*\{[^]*"private_key"\s*:\s*"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;

/** Bytes that tell a key. */
const TELLING = 1000;
const SPACE = 0x20;
/** `-`, `P`, `{` and the first byte of a byte order mark: what most files do not begin with. */
const FIRST: ReadonlySet<number | undefined> = new Set([0x2d, 0x50, 0x7b, 0xef]);

/**
 * Whether a file with this beginning is a private key: of PEM, OpenSSH, PGP or PuTTY, or of a
 * service account.
 */
export function isPrivateKey(beginning: Uint8Array<ArrayBuffer>): boolean {
  if (!FIRST.has(beginning.find((byte) => byte > SPACE))) return false;
  const text = new TextDecoder().decode(beginning.subarray(0, TELLING));
  return BEGINNINGS.test(text) || IN_JSON.test(text);
}
