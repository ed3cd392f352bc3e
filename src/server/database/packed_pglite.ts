/**
 * PostgreSQL itself, as the program carries it: PGlite's WebAssembly and its shared files, packed.
 */
import { isCheckout, preparedFile } from "../../core/program_files.ts";
import { packFolder, unpack, unpackBeside } from "../../files/packing.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import manifest from "../../../deno.json" with { type: "json" };

/** Where they lie among the prepared files. */
const FOLDER = "pglite";
/** The parts: the program, and its shared files. */
const PARTS = ["pglite.wasm", "run.data"] as const;
/** What initdb and compilers read alone: the prepared database has been through the first. */
const UNREAD = /\/share\/postgresql\/[^/]+\.(bki|sql|sample|txt)$|\/pgxs\//;

/** What PGlite takes instead of reading its own package. */
export interface PackedPglite {
  readonly pgliteWasmModule: WebAssembly.Module;
  readonly fsBundle: Blob;
}

/** Unpacks it; `undefined` in a checkout, where PGlite reads its own files, and sooner. */
export async function loadPackedPglite(): Promise<PackedPglite | undefined> {
  if (isCheckout) return undefined;
  const [wasm, files] = PARTS.map((part) => readPrepared(`${FOLDER}/${packedName(part)}`));
  const fsBundle = new Unpacked(files!);
  return { pgliteWasmModule: await WebAssembly.compile(unpack(wasm!)), fsBundle };
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
  const [program, files] = PARTS;
  await packFolder(preparedFile(`${FOLDER}/`), {
    [packedName(program)]: ofPackage("pglite.wasm"),
    [packedName(files)]: readUsedFiles,
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

function packedName(part: typeof PARTS[number]): string {
  return `${manifest.imports["@electric-sql/pglite"].split("@").at(-1)}-${part}.br`;
}
