import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { FreshFile, writeAll } from "../../files/atomic.ts";
import type { ManifestEntry } from "../../shared/contract/deployments.ts";
import { invalid } from "./refusals.ts";

/** Content by its SHA-1 in hex, and its size in bytes. */
export interface Content {
  sha: string;
  size: number;
}

/**
 * The contents of all deployments, each kept once under its hash. What is there with its size is
 * whole, so it can be served and need not be sent again.
 */
export class Objects {
  readonly #folder: string;
  readonly #incoming: string;
  readonly #madeFolders = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#incoming = `${folder}/incoming`;
  }

  /**
   * Says of these contents, or of some of them, whether they are here. Their folders are listed
   * once: to look for thousands that are missing would take an error each.
   */
  among(contents: readonly Content[]): (content: Content) => boolean {
    const names = new Set<string>();
    for (const folder of new Set(contents.map(({ sha }) => this.#folderOf(sha)))) {
      if (!existsSync(folder)) continue;
      for (const { name } of Deno.readDirSync(folder)) names.add(name);
    }
    return (content) => names.has(content.sha) && this.has(content);
  }

  /**
   * Whether this content is here. Thousands are asked for at once, which is quicker synchronously.
   */
  has({ sha, size }: Content): boolean {
    try {
      return Deno.statSync(this.#path(sha)).size === size;
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
    expected?: ManifestEntry,
  ): Promise<Content> {
    await using fresh = await FreshFile.create(this.#temporary());
    const found = await write(fresh.file, chunks, expected?.size ?? maxBytes);
    if (expected) check(found, expected);
    this.#makeFolder(this.#folderOf(found.sha));
    await fresh.keepAs(this.#path(found.sha), false).catch((error) => this.#excuse(error, found));
    return found;
  }

  /**
   * Keeps a small content that is in memory. It is written synchronously, which for a few kilobytes
   * costs less than a change of threads, and where it stays: one that a crash cut off has not its
   * size, so nobody takes it for whole and the next one is written over it.
   * @throws {ApiError} 400 when it is not the expected one
   */
  addSmall(bytes: Uint8Array, expected: ManifestEntry): void {
    const sha = createHash("sha1").update(bytes).digest("hex");
    check({ sha, size: bytes.length }, expected);
    this.#makeFolder(this.#folderOf(sha));
    const options = { mode: 0o600 };
    try {
      Deno.writeFileSync(this.#path(sha), bytes, { ...options, createNew: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      // One that is whole is not touched: a site may be showing it.
      if (!this.has(expected)) Deno.writeFileSync(this.#path(sha), bytes, options);
    }
  }

  /** Removes what a crash left half-written. */
  async clean(): Promise<void> {
    await Deno.remove(this.#incoming, { recursive: true }).catch(() => {});
    this.#madeFolders.clear();
  }

  #path(sha: string): string {
    return `${this.#folderOf(sha)}/${sha}`;
  }

  #folderOf(sha: string): string {
    if (!/^[0-9a-f]{40}$/.test(sha)) throw new TypeError(`Not a SHA-1: ${sha}`);
    return `${this.#folder}/${sha.slice(0, 2)}`;
  }

  /** Windows replaces no file that is being read; the same content is there already. */
  #excuse(error: unknown, content: Content): void {
    if (!this.has(content)) throw error;
  }

  /** A path for what is on its way in, on the same file system as the contents. */
  #temporary(): string {
    this.#makeFolder(this.#incoming);
    return `${this.#incoming}/${crypto.randomUUID()}`;
  }

  #makeFolder(path: string): void {
    if (this.#madeFolders.has(path)) return;
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#madeFolders.add(path);
  }
}

function check(found: Content, { path, sha, size }: ManifestEntry): void {
  if (found.sha === sha && found.size === size) return;
  throw invalid(`The content of ${path} is not what was announced: its size or its SHA-1 differs`);
}

async function write(
  file: Deno.FsFile,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Content> {
  const hash = createHash("sha1");
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw invalid(`The content is larger than ${maxBytes} bytes`);
    hash.update(chunk);
    await writeAll(file, chunk);
  }
  return { sha: hash.digest("hex"), size };
}
