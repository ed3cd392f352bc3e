import { equal } from "../keys/equal.ts";
import { createHmac } from "node:crypto";
import type { Objects } from "./objects.ts";
import type { ManifestEntry } from "../../shared/contract/deployments.ts";
import { DEPLOYMENT_LIMITS } from "../../shared/contract/deployments.ts";
import { deploymentFilePathSchema } from "@insforge/shared-schemas";
import { replaceFile, writeAll } from "../../files/atomic.ts";
import { ApiError } from "../http/api_error.ts";
import type { LocalBackend } from "../services.ts";
import { BuildError } from "./build.ts";
import { badState, invalid } from "./refusals.ts";

/** Milliseconds for which an archive may be sent. */
const VALIDITY_MS = 60 * 60 * 1000;
/** Bytes of an archive: zip adds a little to files that do not compress. */
const MAX_ARCHIVE_BYTES = DEPLOYMENT_LIMITS.bytes + 16 * 1024 * 1024;
const SYMBOLIC_LINK = 0o120000;

/**
 * Deployments that come as one zip archive (contract section 13.3). The form that sends it needs no
 * credential but the signed fields that the deployment's creation answers, as with an object store.
 */
export class Archives {
  readonly #folder: string;
  readonly #backend: LocalBackend;
  readonly #objects: Objects;

  constructor(folder: string, backend: LocalBackend, objects: Objects) {
    this.#folder = folder;
    this.#backend = backend;
    this.#objects = objects;
  }

  /** Where the archive of a deployment is sent, and the fields that allow it. */
  target(id: string): { uploadUrl: string; uploadFields: Record<string, string> } {
    const { url, clock } = this.#backend;
    const expires = String(clock().getTime() + VALIDITY_MS);
    return {
      uploadUrl: `${url}/api/deployments/${id}/archive`,
      uploadFields: { key: `${id}/source.zip`, expires, signature: this.#sign(id, expires) },
    };
  }

  /** Keeps the archive of a deployment. @throws {ApiError} 403, 400 when it is too large */
  async receive(
    id: string,
    fields: ReadonlyMap<string, string>,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const expires = fields.get("expires") ?? "";
    const isSigned = equal(fields.get("signature") ?? "", this.#sign(id, expires));
    if (!isSigned || Number(expires) < this.#backend.clock().getTime()) {
      throw new ApiError(403, "FORBIDDEN", "The upload is not signed, or its time is over");
    }
    await Deno.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await replaceFile(this.#pathOf(id), ({ file }) => save(file, chunks));
  }

  /**
   * The files that a deployment's archive says it holds, with their sizes.
   * @throws {ApiError} 400 when it is missing, no archive, empty, or holds what cannot be deployed
   */
  async list(id: string): Promise<{ path: string; size: number }[]> {
    return await this.#open(id, async (entries) => {
      const files = [];
      const seen = new Set<string>();
      for await (const entry of entries) {
        if (entry.directory) continue;
        checkEntry(entry, seen);
        files.push({ path: entry.filename, size: entry.uncompressedSize });
        if (files.length > DEPLOYMENT_LIMITS.files) {
          throw badState(`The archive holds more than ${DEPLOYMENT_LIMITS.files} files`);
        }
      }
      if (files.length === 0) throw badState("The archive holds no files");
      return files;
    });
  }

  /** Takes the files out of an archive and removes it. @throws {BuildError} */
  async unpack(id: string): Promise<ManifestEntry[]> {
    const files = await this.#open(id, async (entries) => {
      const files: ManifestEntry[] = [];
      let rest: number = DEPLOYMENT_LIMITS.bytes;
      for await (const entry of entries) {
        if (entry.directory) continue;
        const content = await this.#objects.add(contentOf(entry), rest).catch((error) => {
          throw new BuildError("INVALID_ARCHIVE", `${entry.filename}: ${error.message}.`);
        });
        rest -= content.size;
        files.push({ path: entry.filename, ...content });
      }
      return files;
    });
    await this.remove(id);
    return files;
  }

  /** Removes the archive of a deployment, if it is there. */
  async remove(id: string): Promise<void> {
    await Deno.remove(this.#pathOf(id)).catch(() => {});
  }

  async #open<T>(id: string, read: (entries: AsyncIterable<Entry>) => Promise<T>): Promise<T> {
    const { configure, Reader, ZipReader } = await import("../../files/unzip.ts");
    configure({ useWebWorkers: false });
    using file = await Deno.open(this.#pathOf(id)).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw invalid("The archive is not uploaded yet", "Upload it, then start the deployment.");
    });

    class FileReader extends Reader<void> {
      override async init() {
        await super.init?.();
        this.size = (await file.stat()).size;
      }

      override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
        const bytes = new Uint8Array(Math.min(length, this.size - index));
        await file.seek(index, Deno.SeekMode.Start);
        let filled = 0;
        while (filled < bytes.length) {
          const read = await file.read(bytes.subarray(filled));
          if (read === null) break;
          filled += read;
        }
        return bytes.subarray(0, filled);
      }
    }

    const zip = new ZipReader(new FileReader());
    try {
      return await read(zip.getEntriesGenerator() as AsyncIterable<Entry>);
    } catch (error) {
      if (error instanceof ApiError || error instanceof BuildError) throw error;
      throw badState(`The archive cannot be read: ${(error as Error).message}`);
    } finally {
      await zip.close();
    }
  }

  #pathOf(id: string): string {
    return `${this.#folder}/${id}.zip`;
  }

  #sign(id: string, expires: string): string {
    return createHmac("sha256", this.#backend.keys.jwtSecret).update(`${id} ${expires}`)
      .digest("hex");
  }
}

/** What is used of an entry of an archive. */
interface Entry {
  readonly filename: string;
  readonly directory: boolean;
  readonly encrypted: boolean;
  readonly uncompressedSize: number;
  readonly externalFileAttributes?: number;
  getData(
    writable: WritableStream<Uint8Array>,
    options: { checkSignature: boolean },
  ): Promise<unknown>;
}

/**
 * The bytes of an entry; reading them fails with whatever goes wrong, even before the first one.
 */
async function* contentOf(entry: Entry): AsyncIterable<Uint8Array> {
  let passage!: TransformStreamDefaultController<Uint8Array>;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => void (passage = controller),
  });
  const unpacked = entry.getData(writable, { checkSignature: true });
  // An entry that cannot even be begun leaves the stream as it is.
  unpacked.catch((error) => passage.error(error));
  yield* readable;
  await unpacked;
}

function checkEntry(entry: Entry, seen: Set<string>): void {
  const { filename, encrypted, externalFileAttributes = 0 } = entry;
  if (!deploymentFilePathSchema.safeParse(filename).success) {
    throw badState(`The archive holds an unsafe path: ${filename}`);
  }
  if (seen.has(filename)) throw badState(`The archive holds ${filename} twice`);
  if (encrypted) throw badState(`${filename} is encrypted`);
  if (((externalFileAttributes >>> 16) & 0o170000) === SYMBOLIC_LINK) {
    throw badState(`${filename} is a symbolic link`);
  }
  seen.add(filename);
}

async function save(file: Deno.FsFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_ARCHIVE_BYTES) {
      throw invalid(`The archive is larger than ${MAX_ARCHIVE_BYTES} bytes`);
    }
    await writeAll(file, chunk);
  }
}
