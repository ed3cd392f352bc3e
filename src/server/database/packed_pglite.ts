/**
 * PostgreSQL itself, as the program carries it: PGlite's WebAssembly and its shared files, packed.
 */
import { isCheckout, preparedFile } from "../../core/program_files.ts";
import { packFolder, unpackBeside } from "../../files/packing.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import { compilePglite, packedPart, PGLITE_FOLDER } from "../../shared/postgres/pglite_program.ts";

/** Its shared files. */
const FILES = "run.data";
/** What initdb and compilers read alone: the prepared database has been through the first. */
const UNREAD = /\/share\/postgresql\/[^/]+\.(bki|sql|sample|txt)$|\/pgxs\//;

/** What PGlite takes instead of reading its own package. */
export interface PackedPglite {
  readonly pgliteWasmModule: WebAssembly.Module;
  readonly fsBundle: Blob;
}

/**
 * Unpacks it; `undefined` in a checkout, where PGlite reads its own files, and sooner.
 * @param program sends what another thread compiles, if one does
 */
export async function loadPackedPglite(program?: MessagePort): Promise<PackedPglite | undefined> {
  if (isCheckout) return undefined;
  const fsBundle = new Unpacked(readPrepared(`${PGLITE_FOLDER}/${packedPart(FILES)}`));
  return { pgliteWasmModule: await sent(program) ?? await compilePglite(), fsBundle };
}

function sent(program: MessagePort | undefined): Promise<WebAssembly.Module | undefined> {
  return new Promise((resolve) => {
    if (program) program.onmessage = ({ data }) => resolve(data);
    else resolve(undefined);
  });
}

/** What is unpacked in a thread of its own, and read once. */
class Unpacked extends Blob {
  readonly #bytes: Promise<Uint8Array<ArrayBuffer>>;

  constructor(packed: Uint8Array) {
    super();
    this.#bytes = unpackBeside(packed);
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.#bytes).buffer;
  }
}

/** Packs the parts of this PGlite version, unless that is done. */
export async function packPglite(): Promise<void> {
  await packFolder(preparedFile(`${PGLITE_FOLDER}/`), {
    [packedPart("pglite.wasm")]: ofPackage("pglite.wasm"),
    [packedPart(FILES)]: readUsedFiles,
  });
}

/** The shared files, of which one that nobody reads is all zeros: PGlite's module says where. */
async function readUsedFiles(): Promise<Uint8Array> {
  const data = await Deno.readFile(ofPackage("pglite.data"));
  const module = await Deno.readTextFile(ofPackage("pglite.js"));
  const places = module.matchAll(/filename:"([^"]+)",start:(\d+),end:(\d+)/g);
  for (const [, path, start, end] of places) {
    if (UNREAD.test(path!)) data.fill(0, Number(start), Number(end));
  }
  return data;
}

function ofPackage(name: string): URL {
  return new URL(name, import.meta.resolve("@electric-sql/pglite"));
}
