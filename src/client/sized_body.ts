/** Bodies that are streamed and whose length is sent ahead, as object stores want it. */

/** A body of known length that is read as it is sent, anew for each attempt. */
export interface SizedBody {
  /** Bytes. */
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

const LEAST_TRANSFER_MS = 60_000;
/** A slower connection than this is taken for a broken one. */
const BYTES_PER_MS = 50;

/** How long sending so many bytes, and the answer, may take. */
export function transferTimeoutMs(bytes: number): number {
  return LEAST_TRANSFER_MS + bytes / BYTES_PER_MS;
}

/** Whether a body is a {@link SizedBody}. */
export function isSizedBody(body: unknown): body is SizedBody {
  return typeof body === "object" && body !== null && "open" in body;
}

/**
 * A body as `fetch` takes it. A stream alone it would send in chunks, without a length; of a blob
 * it asks the size first and then the content, so that this one is read only then.
 */
export class StreamedBlob extends Blob {
  readonly #body: SizedBody;
  /** Why the content could not be read, which `fetch` does not tell. */
  failure?: { readonly error: unknown };

  constructor(body: SizedBody) {
    super();
    this.#body = body;
  }

  override get size(): number {
    return this.#body.size;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return ReadableStream.from(this.#read());
  }

  async *#read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      for await (const chunk of this.#body.open()) {
        // The chunk's memory may be used again for the next one, while this one is being sent.
        if (chunk.length > 0) yield new Uint8Array(chunk);
      }
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}
