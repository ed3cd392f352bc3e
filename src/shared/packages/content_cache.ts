import { join } from "@std/path";
import { makePrivateFolder } from "../../files/folders.ts";
import { writeFileAtomically } from "../../files/atomic.ts";

/**
 * Files by the digest of what they hold, in the user's cache: whatever is found there is checked
 * before it is used, so that nothing has to be trusted.
 */
export class ContentCache {
  readonly #folder: string | undefined;

  /** @param folder is made when something is kept; without one nothing is */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /**
   * What is kept under an integrity such as `sha512-…` (Base64); wrong content counts as absent.
   */
  async read(integrity: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!this.#folder) return undefined;
    const bytes = await Deno.readFile(this.#path(integrity)).catch(() => undefined);
    return bytes && await hasIntegrity(bytes, integrity) ? bytes : undefined;
  }

  /** Keeps content; a cache that cannot be written is none. */
  async write(integrity: string, bytes: Uint8Array): Promise<void> {
    if (this.#folder) await keep(this.#folder, this.#path(integrity), bytes);
  }

  /**
   * What was last kept under a name, such as an address; it may be out of date. What is not as it
   * was kept, such as half of it after a power cut, counts as absent.
   */
  async readNamed(name: string): Promise<string | undefined> {
    if (!this.#folder) return undefined;
    const kept = await Deno.readTextFile(await this.#named(name)).catch(() => "");
    const text = kept.slice(SHA256_DIGITS);
    return await digestOf(name, text) === kept.slice(0, SHA256_DIGITS) ? text : undefined;
  }

  async writeNamed(name: string, text: string): Promise<void> {
    if (!this.#folder) return;
    const bytes = new TextEncoder().encode(await digestOf(name, text) + text);
    await keep(this.#folder, await this.#named(name), bytes);
  }

  /** Lock files hold anything: no part of it leads to another folder, on Windows either. */
  #path(integrity: string): string {
    const name = integrity.replaceAll("/", "_").replaceAll("+", "-").replaceAll(/[^\w=-]/g, ".");
    return join(this.#folder!, name);
  }

  async #named(name: string): Promise<string> {
    return join(this.#folder!, `named-${await sha256(new TextEncoder().encode(name))}`);
  }
}

const SHA256_DIGITS = 64;

function digestOf(name: string, text: string): Promise<string> {
  return sha256(new TextEncoder().encode(`${name}\0${text}`));
}

/** Whether bytes are what an integrity says: the strongest of its digests decides. */
export async function hasIntegrity(bytes: BufferSource, integrity: string): Promise<boolean> {
  for (const algorithm of ["sha512", "sha384", "sha256", "sha1"]) {
    const wanted = integrity.split(/\s+/).filter((part) => part.startsWith(`${algorithm}-`));
    if (wanted.length === 0) continue;
    const found = await integrityOf(bytes, algorithm);
    return wanted.some((part) => part.split("?")[0] === found);
  }
  return false;
}

/** The integrity of bytes, as lock files of npm write it. */
export async function integrityOf(bytes: BufferSource, algorithm = "sha512"): Promise<string> {
  const digest = await crypto.subtle.digest(algorithm.replace("sha", "SHA-"), bytes);
  return `${algorithm}-${new Uint8Array(digest).toBase64()}`;
}

/** A SHA-256 digest in hexadecimal digits. */
export async function sha256(bytes: BufferSource): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function keep(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  try {
    await makePrivateFolder(folder);
    await writeFileAtomically(path, bytes, { isDurable: false });
  } catch {
    // What is kept only saves fetching it again.
  }
}
