import type { StoreCredentials, StoreLocation } from "../../../shared/contract/storage_url.ts";
import type { Range } from "../../http/range.ts";
import { type ObjectFiles, Passing, type StoredFile } from "../files.ts";
import { PartedUpload } from "./parted_upload.ts";
import { drained, ObjectStore } from "./store.ts";

/** Contents that are removed at a time. */
const AT_ONCE = 8;

/** Contents in a bucket of an S3 store, which several backends may share. */
export class RemoteFiles implements ObjectFiles {
  readonly #store: ObjectStore;
  readonly #prefix: string;

  constructor(location: StoreLocation, credentials: StoreCredentials) {
    this.#store = new ObjectStore(location, credentials);
    this.#prefix = location.prefix;
  }

  /** @throws {ApiError} when the store lets nothing be written, read and removed */
  async requireAccess(): Promise<void> {
    const { id } = await this.add(ReadableStream.from([new Uint8Array([1])]), 1);
    await (await this.read(id)).cancel();
    await this.remove([id]);
  }

  async add(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredFile> {
    const id = crypto.randomUUID();
    const passing = new Passing(maxBytes);
    const upload = new PartedUpload(this.#store, this.#key(id));
    try {
      for await (const chunk of chunks) {
        passing.add(chunk);
        await upload.write(chunk);
      }
      await upload.close();
    } catch (error) {
      // What made it fail is what is told.
      await upload.abort().catch(() => {});
      throw error;
    }
    return { id, ...passing.end() };
  }

  async read(id: string, range?: Range): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const headers = range && { range: `bytes=${range.first}-${range.last}` };
    const { body } = await this.#store.send("GET", this.#key(id), { headers });
    return body ?? new Blob().stream();
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      await Promise.all(
        ids.slice(from, from + AT_ONCE).map(async (id) => {
          await drained(await this.#store.send("DELETE", this.#key(id), { accept: [404] }));
        }),
      );
    }
  }

  /** What is not known here may be another backend's. */
  collect(): Promise<void> {
    return Promise.resolve();
  }

  #key(id: string): string {
    return this.#prefix + id;
  }
}
