import { replaceFile, writeAll } from "../../files/atomic.ts";
import { type Range, readRange } from "../http/range.ts";
import { type ObjectFiles, Passing, type StoredFile } from "./files.ts";

/** Contents in a folder of the data directory. */
export class LocalFiles implements ObjectFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a content; it is on the disk, under its name, when this resolves. */
  async add(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredFile> {
    const id = crypto.randomUUID();
    await Deno.mkdir(this.#folderOf(id), { recursive: true, mode: 0o700 });
    const passing = new Passing(maxBytes);
    await replaceFile(this.#path(id), async ({ file }) => {
      for await (const chunk of chunks) {
        passing.add(chunk);
        await writeAll(file, chunk);
      }
    });
    return { id, ...passing.end() };
  }

  async read(id: string, range?: Range): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const file = await Deno.open(this.#path(id));
    return range ? ReadableStream.from(readRange(file, range)) : file.readable;
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await Deno.remove(this.#path(id)).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
  }

  async collect(isKept: (id: string) => boolean, before: Date): Promise<void> {
    for await (const { name: folder } of readFolder(this.#folder)) {
      for await (const { name } of readFolder(`${this.#folder}/${folder}`)) {
        if (isKept(name)) continue;
        const path = `${this.#folder}/${folder}/${name}`;
        const { mtime } = await Deno.stat(path);
        if (mtime && mtime < before) await Deno.remove(path);
      }
    }
  }

  #folderOf(id: string): string {
    return `${this.#folder}/${id.slice(0, 2)}`;
  }

  #path(id: string): string {
    return `${this.#folderOf(id)}/${id}`;
  }
}

async function* readFolder(path: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
