/** How secrets rest (contract section 16.2): AES-256-GCM, `hex(iv):hex(tag):hex(ciphertext)`. */
import { concatBytes } from "../../core/bytes.ts";

const IV_BYTES = 16;
const TAG_BYTES = 16;

/** Encrypts and decrypts under a key that is derived from a text. */
export interface Cipher {
  encrypt(text: string): Promise<string>;
  /** @throws {Error} when the stored text was changed or another key wrote it */
  decrypt(stored: string): Promise<string>;
}

/** The cipher whose key is the SHA-256 of `password`. */
export async function openCipher(password: string): Promise<Cipher> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(password));
  const key = await crypto.subtle.importKey("raw", digest, "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
  return {
    async encrypt(text) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const sealed = new Uint8Array(
        await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text)),
      );
      const split = sealed.length - TAG_BYTES;
      return [iv, sealed.subarray(split), sealed.subarray(0, split)]
        .map((part) => part.toHex()).join(":");
    },
    async decrypt(stored) {
      const [iv, tag, text] = stored.split(":").map((part) => Uint8Array.fromHex(part));
      if (!iv || !tag || !text) throw new Error("A stored secret is not of the expected form");
      const opened = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv },
        key,
        concatBytes([text, tag]),
      );
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(opened);
    },
  };
}
