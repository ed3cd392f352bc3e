import { concatBytes } from "../../../core/bytes.ts";
import { textOf, toXml } from "../s3/xml.ts";
import { drained, type ObjectStore, unavailable } from "./store.ts";

/** Bytes of a part, which is what an upload holds in memory. */
const PART = 8 * 1024 * 1024;

/** Writes a content of unknown length to a store: at once when it is small, else in parts. */
export class PartedUpload {
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #etags: string[] = [];
  #waiting: Uint8Array[] = [];
  #size = 0;
  #id: string | undefined;

  constructor(store: ObjectStore, key: string) {
    this.#store = store;
    this.#key = key;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#waiting.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= PART) await this.#sendPart();
  }

  /** Ends it: the content is there, under its key. */
  async close(): Promise<void> {
    if (this.#id === undefined) {
      await drained(await this.#store.send("PUT", this.#key, { body: this.#take() }));
      return;
    }
    if (this.#size > 0) await this.#sendPart();
    const list = toXml("CompleteMultipartUpload", {
      Part: this.#etags.map((ETag, index) => ({ PartNumber: index + 1, ETag })),
    });
    const answer = await this.#store.send("POST", this.#key, {
      parameters: { uploadId: this.#id },
      body: new TextEncoder().encode(list),
    });
    const text = await answer.text();
    // Its head comes before the parts are joined.
    if (/<Error[\s>]/.test(text)) throw unavailable(textOf(text, "Code") ?? "it joined no parts");
  }

  /** Leaves nothing of it. */
  async abort(): Promise<void> {
    if (this.#id === undefined) return;
    const request = { parameters: { uploadId: this.#id }, accept: [404] };
    await drained(await this.#store.send("DELETE", this.#key, request));
  }

  async #sendPart(): Promise<void> {
    this.#id ??= await this.#begin();
    const parameters = { partNumber: String(this.#etags.length + 1), uploadId: this.#id };
    const answer = await this.#store.send("PUT", this.#key, { parameters, body: this.#take() });
    await drained(answer);
    this.#etags.push(answer.headers.get("etag") ?? "");
  }

  async #begin(): Promise<string> {
    const answer = await this.#store.send("POST", this.#key, { parameters: { uploads: "" } });
    const id = textOf(await answer.text(), "UploadId");
    if (id) return id;
    throw unavailable("it begins no upload in parts");
  }

  #take(): Uint8Array<ArrayBuffer> {
    const bytes = concatBytes(this.#waiting);
    this.#waiting = [];
    this.#size = 0;
    return bytes;
  }
}
