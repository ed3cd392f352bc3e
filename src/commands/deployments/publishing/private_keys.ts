/** Recognises private keys, whatever their files are called. */

const BEGINNINGS =
  /^\s*(?:-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d: )/;

/** Bytes that tell a key. */
const TELLING = 100;

/** Whether a file with this beginning is a private key: of PEM, OpenSSH, PGP or PuTTY. */
export function isPrivateKey(beginning: Uint8Array<ArrayBuffer>): boolean {
  return BEGINNINGS.test(new TextDecoder().decode(beginning.subarray(0, TELLING)));
}
