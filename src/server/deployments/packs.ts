/** Small contents that arrived together, in one file: a system makes one sooner than hundreds. */
import { createHash } from "node:crypto";
import { removeHalfWritten, writeAllSync } from "../../files/atomic.ts";
import { isThere } from "../../files/real_path.ts";
import type { Content } from "../../shared/contract/deployments.ts";

const LINE_FEED = 0x0a;
/** Bytes that are read of a pack at first; most say within them what they hold. */
const HEAD_BYTES = 4096;

/** Where a content is. */
interface Place {
  readonly pack: number;
  /** Bytes before it. */
  readonly at: number;
  readonly size: number;
}

/**
 * Files with several contents each, numbered as they came. The first line of one is a JSON list of
 * the SHA-1 and the size of each content; these follow. A pack is written once and never changed,
 * so that copies of a data directory can share it. Of one that a power failure cut off, what is
 * there counts; of two that have the same content, the later one.
 */
export class Packs {
  readonly #folder: string;
  #read: { readonly places: Map<string, Place>; last: number } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether a pack has this content. */
  has({ sha, size }: Content): boolean {
    return this.#all().places.get(sha)?.size === size;
  }

  /**
   * Makes a pack of contents by their SHA-1: where it stays, as what a crash cuts off counts as
   * absent, and synchronously, which costs less than the changes of threads.
   * @returns its path
   */
  add(contents: ReadonlyMap<string, Uint8Array>): string {
    const all = this.#all();
    const entries = [...contents].map(([sha, { length }]): Entry => [sha, length]);
    const line = new TextEncoder().encode(`${JSON.stringify(entries)}\n`);
    Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const pack = ++all.last;
    const path = this.#path(pack);
    using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    for (const bytes of [line, ...contents.values()]) writeAllSync(file, bytes);
    for (const [sha, place] of placesOf(pack, entries, line.length)) all.places.set(sha, place);
    return path;
  }

  /** A content; undefined when no pack has it, or it is damaged there, and so counts as absent. */
  read(sha: string): Uint8Array<ArrayBuffer> | undefined {
    const { places } = this.#all();
    const place = places.get(sha);
    if (!place) return undefined;
    try {
      using file = Deno.openSync(this.#path(place.pack));
      const bytes = readAt(file, place.at, place.size);
      if (createHash("sha1").update(bytes).digest("hex") === sha) return bytes;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    places.delete(sha);
    return undefined;
  }

  /** Removes what an earlier version left half-written. */
  async clean(): Promise<void> {
    if (isThere(this.#folder)) await removeHalfWritten(this.#folder);
  }

  #path(pack: number): string {
    return `${this.#folder}/${pack}`;
  }

  /** What all packs hold, which is read once. */
  #all() {
    return this.#read ??= this.#readAll();
  }

  #readAll() {
    const places = new Map<string, Place>();
    const names = isThere(this.#folder) ? [...Deno.readDirSync(this.#folder)] : [];
    const packs = names.filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => Number(name))
      .sort((a, b) => a - b);
    for (const pack of packs) {
      using file = Deno.openSync(this.#path(pack));
      const { size } = file.statSync();
      const line = firstLine(file);
      for (const [sha, place] of placesOf(pack, entriesIn(line), line.length + 1)) {
        if (place.at + place.size <= size) places.set(sha, place);
      }
    }
    return { places, last: packs.at(-1) ?? 0 };
  }
}

/** The SHA-1 of a content in hex, and its size. */
type Entry = readonly [sha: string, size: number];

function* placesOf(
  pack: number,
  entries: readonly Entry[],
  at: number,
): Generator<[string, Place]> {
  for (const [sha, size] of entries) {
    yield [sha, { pack, at, size }];
    at += size;
  }
}

/** What a first line lists; nothing when it is damaged. */
function entriesIn(line: Uint8Array): readonly Entry[] {
  try {
    const entries: unknown = JSON.parse(new TextDecoder().decode(line));
    return Array.isArray(entries) && entries.every(isEntry) ? entries : [];
  } catch {
    return [];
  }
}

function isEntry(entry: unknown): entry is Entry {
  const [sha, size] = Array.isArray(entry) ? entry : [];
  return typeof sha === "string" && Number.isSafeInteger(size) && size >= 0;
}

/** A file's first line without its end; all of a file that has none. */
function firstLine(file: Deno.FsFile): Uint8Array {
  for (let length = HEAD_BYTES;; length *= 8) {
    const head = readAt(file, 0, length);
    const end = head.indexOf(LINE_FEED);
    if (end >= 0) return head.subarray(0, end);
    if (head.length < length) return head;
  }
}

/** Reads a part of a file, as much of it as there is. */
function readAt(file: Deno.FsFile, at: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(at, Deno.SeekMode.Start);
  let had = 0;
  for (let read; had < length && (read = file.readSync(bytes.subarray(had)));) had += read;
  return bytes.subarray(0, had);
}
