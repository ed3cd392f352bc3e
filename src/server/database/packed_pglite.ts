/**
 * PostgreSQL itself, as the program carries it: PGlite's WebAssembly and its shared files, packed.
 */
import { isCheckout, preparedFile } from "../../core/program_files.ts";
import { packFolder, unpack } from "../../files/packing.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import manifest from "../../../deno.json" with { type: "json" };

/** Where they lie among the prepared files. */
const FOLDER = "pglite";
/** The parts, by their names in PGlite's package. */
const PARTS = ["pglite.wasm", "pglite.data"] as const;

/** What PGlite takes instead of reading its own package. */
export interface PackedPglite {
  readonly pgliteWasmModule: WebAssembly.Module;
  readonly fsBundle: Blob;
}

/** Unpacks it; `undefined` in a checkout, where PGlite reads its own files, and sooner. */
export async function loadPackedPglite(): Promise<PackedPglite | undefined> {
  if (isCheckout) return undefined;
  const [wasm, files] = PARTS.map((part) => readPrepared(`${FOLDER}/${packedName(part)}`));
  // Compiles in the background while the rest is being unpacked.
  const compiled = WebAssembly.compile(unpack(wasm!));
  const fsBundle = new Blob([unpack(files!)]);
  return { pgliteWasmModule: await compiled, fsBundle };
}

/** Packs the parts of this PGlite version, unless that is done. */
export async function packPglite(): Promise<void> {
  const pglite = import.meta.resolve("@electric-sql/pglite");
  const sources = PARTS.map((part) => [packedName(part), new URL(part, pglite)]);
  await packFolder(preparedFile(`${FOLDER}/`), Object.fromEntries(sources));
}

function packedName(part: string): string {
  return `${manifest.imports["@electric-sql/pglite"].split("@").at(-1)}-${part}.br`;
}
