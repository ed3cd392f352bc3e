/** Starting points of new projects: the folders of a public archive. */
import { join } from "@std/path";
import { loadCarried } from "../../files/carried_module.ts";
import { openNewFile } from "../../files/output_file.ts";
import type { Context } from "../../cli/context.ts";
import { CliError, NetworkError, OperationError } from "../../core/errors.ts";
import { HttpClient } from "../../client/http.ts";
import { backendError } from "../../client/backend.ts";
import { makeFolderAtomically, writeAll } from "../../files/atomic.ts";
import { targetPath } from "../../files/target_path.ts";
import { isThere } from "../../files/real_path.ts";

export const TEMPLATES = ["react", "nextjs", "empty"] as const;

/** A zip archive with one folder above the templates' own. */
const ARCHIVE_URL = "https://codeload.github.com/InsForge/insforge-templates/zip/refs/heads/main";
const LARGEST_BYTES = 50 * 1024 ** 2;
/** By the sizes that the archive states. */
const LARGEST_UNPACKED_BYTES = 500 * 1024 ** 2;
const TIMEOUT_MS = 10_000;

/**
 * Unpacks a template into a folder named after the project, whole or not at all. The project is
 * already there: what goes wrong is a warning. Answers the folder, if one was made.
 */
export async function fetchTemplate(
  context: Context,
  template: string,
  projectName: string,
): Promise<string | undefined> {
  if (template === "empty") return undefined;
  const target = join(context.launch.cwd, folderName(projectName));
  try {
    if (isThere(target)) throw new OperationError(`${target} is there already.`);
    const archive = await download(context);
    await makeFolderAtomically(target, (folder) => unpack(archive, template, folder));
    return target;
  } catch (error) {
    if (context.signal.aborted) throw error;
    const reason = error instanceof CliError ? error.message : String(error);
    context.warn(`The template ${template} was not fetched: ${reason} The project is linked.`);
    return undefined;
  }
}

/** A name that is safe as a folder on every system. */
export function folderName(projectName: string): string {
  const name = projectName.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return name || "insforge-project";
}

async function download({ env, surroundings }: Context): Promise<Blob> {
  const url = new URL(env("INSFORGE_TEMPLATES_URL") ?? ARCHIVE_URL);
  const client = new HttpClient({
    ...surroundings,
    baseUrl: url.origin,
    bearer: () => Promise.resolve(undefined),
    toError: backendError,
  });
  const response = await client.stream("GET", url.href, { timeoutMs: TIMEOUT_MS });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_BYTES) throw new NetworkError("The archive of templates is too large.");
    chunks.push(chunk.slice());
  }
  return new Blob(chunks);
}

async function unpack(archive: Blob, template: string, target: string): Promise<void> {
  const { BlobReader, configure, ZipReader } = await loadCarried<
    typeof import("../../files/zip.ts")
  >("src/files/zip");
  configure({ useWebWorkers: false });
  const zip = new ZipReader(new BlobReader(archive));
  let files = 0;
  let size = 0;
  for await (const entry of zip.getEntriesGenerator()) {
    const [, folder, ...rest] = entry.filename.split("/");
    if (folder !== template || entry.directory || !entry.getData) continue;
    const path = entry.filename.includes("\\") ? undefined : targetPath(target, rest.join("/"));
    if (!path) throw new OperationError(`The archive holds an unsafe path: ${entry.filename}.`);
    size += entry.uncompressedSize;
    if (size > LARGEST_UNPACKED_BYTES) {
      throw new OperationError("The archive of templates is too large when unpacked.");
    }
    using file = await openNewFile(path);
    let left = entry.uncompressedSize;
    const writable = new WritableStream<Uint8Array>({
      async write(chunk) {
        // An archive may state less than it holds.
        if ((left -= chunk.length) < 0) throw tooLong(entry.filename);
        await writeAll(file, chunk);
      },
    });
    await entry.getData(writable, { checkSignature: true }).catch((error) => {
      throw left < 0 ? tooLong(entry.filename) : error;
    });
    files++;
  }
  await zip.close();
  if (files === 0) throw new OperationError(`The archive has no template ${template}.`);
}

function tooLong(name: string): OperationError {
  return new OperationError(`The archive is damaged: ${name} is longer than it says.`);
}
