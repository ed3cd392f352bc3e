/** Many small files in one, which a file system makes, syncs and removes much sooner. */
import { writeAllSync } from "./atomic.ts";
import { isThere } from "./real_path.ts";

/** The files' contents, one after another. */
const CONTENTS = ".packed";
/** Their paths and lengths, in the same order; made last. */
export const PACK_INDEX = ".packed.json";

/** Whether a name in a folder is of its pack. */
export function isOfPack(name: string): boolean {
  return name === CONTENTS || name === PACK_INDEX;
}

/** Puts files into a folder's pack. */
export class PackWriter implements Disposable {
  readonly #folder: string;
  readonly #entries: [path: string, length: number][] = [];
  readonly #contents: Deno.FsFile;

  constructor(folder: string) {
    this.#folder = folder;
    const settings = { write: true, createNew: true, mode: 0o600 };
    this.#contents = Deno.openSync(`${folder}/${CONTENTS}`, settings);
  }

  /** @param path of letters, digits, `_`, `.`, `-` and slashes */
  add(path: string, bytes: Uint8Array): void {
    writeAllSync(this.#contents, bytes);
    this.#entries.push([path, bytes.length]);
  }

  /** @returns the files that the pack is */
  finish(): string[] {
    const index = `${this.#folder}/${PACK_INDEX}`;
    Deno.writeTextFileSync(index, JSON.stringify(this.#entries), { createNew: true, mode: 0o600 });
    return [`${this.#folder}/${CONTENTS}`, index];
  }

  [Symbol.dispose](): void {
    this.#contents.close();
  }
}

/** The files of a folder's pack; none where it has no pack. @throws {Error} when it is damaged */
export function* packedFiles(folder: string): Generator<{ path: string; bytes: Uint8Array }> {
  if (!isThere(`${folder}/${PACK_INDEX}`)) return;
  const entries: unknown = JSON.parse(Deno.readTextFileSync(`${folder}/${PACK_INDEX}`));
  using contents = Deno.openSync(`${folder}/${CONTENTS}`);
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw damaged(folder);
  if (contents.statSync().size !== entries.reduce((sum, [, length]) => sum + length, 0)) {
    throw damaged(folder);
  }
  for (const [path, length] of entries) {
    const bytes = new Uint8Array(length);
    for (let had = 0; had < length;) {
      const read = contents.readSync(bytes.subarray(had));
      if (read === null) throw damaged(folder);
      had += read;
    }
    yield { path, bytes };
  }
}

/** Whoever cloned a repository has not chosen what is in it: no path leads out of the folder. */
function isEntry(entry: unknown): entry is [path: string, length: number] {
  const [path, length] = Array.isArray(entry) ? entry : [];
  return typeof path === "string" && /^\w[\w.-]*(\/\w[\w.-]*)*$/.test(path) &&
    Number.isSafeInteger(length) && length >= 0;
}

function damaged(folder: string): Error {
  return new Error(`the packed files in ${folder} are damaged`);
}
