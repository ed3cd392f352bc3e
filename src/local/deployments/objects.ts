import { createHash } from "node:crypto";
import { invalid } from "./errors.ts";

/** Content by its SHA-1 in hex, and its size in bytes. */
export interface Content {
  sha: string;
  size: number;
}

/**
 * The contents of all deployments, each kept once under its hash. A content appears under its name
 * only when it is whole, so whatever is there can be served and need not be sent again.
 */
export class Objects {
  readonly #folder: string;
  readonly #incoming: string;
  readonly #madeFolders = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#incoming = `${folder}/incoming`;
  }

  /** Whether this content is here. */
  async has({ sha, size }: Content): Promise<boolean> {
    try {
      return (await Deno.stat(this.#path(sha))).size === size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** Opens a content for reading. */
  open(sha: string): Promise<Deno.FsFile> {
    return Deno.open(this.#path(sha));
  }

  /** Reads a small content whole. */
  async text(sha: string): Promise<string> {
    return await Deno.readTextFile(this.#path(sha));
  }

  /**
   * Keeps a content and answers what it is. One that is larger than `maxBytes`, or not the expected
   * one, is not kept.
   * @throws {ApiError} 400
   */
  async add(
    chunks: AsyncIterable<Uint8Array>,
    maxBytes: number,
    expected?: Content,
  ): Promise<Content> {
    const temporary = `${this.#incoming}/${crypto.randomUUID()}`;
    await this.#makeFolder(this.#incoming);
    try {
      const found = await write(temporary, chunks, expected?.size ?? maxBytes);
      if (expected && (found.sha !== expected.sha || found.size !== expected.size)) {
        throw invalid("The content is not what the manifest says: its size or its SHA-1 differs");
      }
      if (await this.has(found)) await Deno.remove(temporary);
      else {
        await this.#makeFolder(this.#folderOf(found.sha));
        await Deno.rename(temporary, this.#path(found.sha));
      }
      return found;
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
  }

  /** Removes what a crash left half-written. */
  async clean(): Promise<void> {
    await Deno.remove(this.#incoming, { recursive: true }).catch(() => {});
    this.#madeFolders.clear();
  }

  /** The folder for what is on its way in, on the same file system as the contents. */
  async incoming(): Promise<string> {
    await this.#makeFolder(this.#incoming);
    return this.#incoming;
  }

  #path(sha: string): string {
    return `${this.#folderOf(sha)}/${sha}`;
  }

  #folderOf(sha: string): string {
    if (!/^[0-9a-f]{40}$/.test(sha)) throw new TypeError(`Not a SHA-1: ${sha}`);
    return `${this.#folder}/${sha.slice(0, 2)}`;
  }

  async #makeFolder(path: string): Promise<void> {
    if (this.#madeFolders.has(path)) return;
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    this.#madeFolders.add(path);
  }
}

async function write(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Content> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const hash = createHash("sha1");
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw invalid(`The content is larger than ${maxBytes} bytes`);
    hash.update(chunk);
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  }
  return { sha: hash.digest("hex"), size };
}
