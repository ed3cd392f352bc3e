import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "@std/path";
import { FreshFile, writeAll } from "../../files/atomic.ts";
import { syncTogether } from "../../files/sync_together.ts";
import type { Content, ManifestEntry } from "../../shared/contract/deployments.ts";
import { type Range, readRange } from "../http/range.ts";
import { Packs } from "./packs.ts";
import { invalid } from "./refusals.ts";

/** A content that was here is damaged or gone. */
export class LostContent extends Error {
  override name = "LostContent";

  constructor(sha: string) {
    super(`The content ${sha} is damaged or gone. Deploy the site again.`);
  }
}

/**
 * The contents of all deployments, each kept once under its hash, in a file of its own or in a
 * pack. What is there with its size is whole, so it can be served and need not be sent again.
 */
export class Objects {
  readonly #folder: string;
  readonly #incoming: string;
  readonly #packs: Packs;
  readonly #madeFolders = new Set<string>();
  /** The paths of what a power failure may take. */
  readonly #unsynced = new Set<string>();
  /** Their way onto the disk; what failed stays here until it is told. */
  #syncing: Promise<void> | undefined;

  /** @param folder of the deployments */
  constructor(folder: string) {
    this.#folder = `${folder}/objects`;
    this.#incoming = `${this.#folder}/incoming`;
    this.#packs = new Packs(`${folder}/packs`);
  }

  /**
   * Says of these contents, or of some of them, whether they are here. Their folders are listed
   * once: to look for thousands that are missing would take an error each.
   */
  among(contents: readonly Content[]): (content: Content) => boolean {
    const names = new Set<string>();
    const single = contents.filter((content) => !this.#packs.has(content));
    for (const folder of new Set(single.map(({ sha }) => this.#folderOf(sha)))) {
      if (!existsSync(folder)) continue;
      for (const { name } of Deno.readDirSync(folder)) names.add(name);
    }
    return (content) => this.#packs.has(content) || (names.has(content.sha) && this.has(content));
  }

  /**
   * Whether this content is here. Thousands are asked for at once, which is quicker synchronously.
   */
  has(content: Content): boolean {
    if (this.#packs.has(content)) return true;
    try {
      return Deno.statSync(this.#path(content.sha)).size === content.size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** A content, or a part of one, to answer with. @throws {LostContent} */
  async body(sha: string, range?: Range): Promise<BodyInit> {
    const packed = this.#packs.read(sha);
    if (packed) return range ? packed.subarray(range.first, range.last + 1) : packed;
    const file = await Deno.open(this.#path(sha)).catch((error) => {
      throw error instanceof Deno.errors.NotFound ? new LostContent(sha) : error;
    });
    return range ? ReadableStream.from(readRange(file, range)) : file.readable;
  }

  /** Reads a small content whole. @throws {LostContent} */
  async text(sha: string): Promise<string> {
    return await new Response(await this.body(sha)).text();
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
    this.#unsynced.add(this.#path(found.sha));
    return found;
  }

  /**
   * Keeps small contents that arrived together in one pack, but for those that are in one already.
   * @throws {ApiError} 400 when one is not the expected one; then none is kept
   */
  addTogether(
    files: readonly { readonly bytes: Uint8Array; readonly expected: ManifestEntry }[],
  ): void {
    for (const { bytes, expected } of files) check(contentOf(bytes), expected);
    // To look for files that are missing would take an error each.
    const fresh = files.filter(({ expected }) => !this.#packs.has(expected));
    if (fresh.length === 0) return;
    const contents = new Map(fresh.map(({ bytes, expected }) => [expected.sha, bytes]));
    this.#unsynced.add(this.#packs.add(contents));
    // The disk takes these while others arrive: less is left to wait for.
    this.#beginSync().catch(() => {});
  }

  /**
   * Keeps a small content that is in memory. It is written synchronously, which for a few kilobytes
   * costs less than a change of threads, and where it stays: one that a crash cut off has not its
   * size, so nobody takes it for whole and the next one is written over it.
   * @throws {ApiError} 400 when it is not the expected one
   */
  addSmall(bytes: Uint8Array, expected: ManifestEntry): void {
    const { sha } = check(contentOf(bytes), expected);
    this.#makeFolder(this.#folderOf(sha));
    const options = { mode: 0o600 };
    try {
      Deno.writeFileSync(this.#path(sha), bytes, { ...options, createNew: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      // One that is whole is not touched: a site may be showing it.
      if (!this.has(expected)) Deno.writeFileSync(this.#path(sha), bytes, options);
    }
    this.#unsynced.add(this.#path(sha));
  }

  /** Waits until what was kept outlives a power failure. */
  async sync(): Promise<void> {
    try {
      await this.#beginSync();
    } catch (error) {
      this.#syncing = undefined;
      throw error;
    }
  }

  /** Removes what a crash left half-written. */
  async clean(): Promise<void> {
    await Deno.remove(this.#incoming, { recursive: true }).catch(() => {});
    this.#madeFolders.clear();
    await this.#packs.clean();
  }

  #beginSync(): Promise<void> {
    return this.#syncing ??= this.#syncAll();
  }

  /** What is kept meanwhile counts as well, so that whoever joins is not told too early. */
  async #syncAll(): Promise<void> {
    do {
      const paths = [...this.#unsynced];
      const folders = new Set(paths.map(dirname));
      // Where the folders themselves have their names.
      const above = new Set([...folders].map(dirname));
      await syncTogether(paths, [...folders, ...above, dirname(this.#folder)]);
      for (const path of paths) this.#unsynced.delete(path);
    } while (this.#unsynced.size > 0);
    this.#syncing = undefined;
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

function contentOf(bytes: Uint8Array): Content {
  return { sha: createHash("sha1").update(bytes).digest("hex"), size: bytes.length };
}

/** @throws {ApiError} 400 */
function check(found: Content, { path, sha, size }: ManifestEntry): Content {
  if (found.sha === sha && found.size === size) return found;
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
