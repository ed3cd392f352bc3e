/**
 * PostgreSQL itself, as the program carries it: PGlite's WebAssembly and its shared files, packed.
 */
import { fromFileUrl } from "@std/path";
import { writeFileAtomically } from "../../files/atomic.ts";
import { preparedFile } from "../../core/program_files.ts";
import { pack, unpack } from "../../files/packing.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import manifest from "../../../deno.json" with { type: "json" };

/** The parts, by their names in PGlite's package. */
const PARTS = ["pglite.wasm", "pglite.data"] as const;

/** What PGlite takes instead of reading its own package. */
export interface PackedPglite {
  readonly pgliteWasmModule: WebAssembly.Module;
  readonly fsBundle: Blob;
}

/** Unpacks it; `undefined` in a checkout, where PGlite reads its own files, and sooner. */
export async function loadPackedPglite(): Promise<PackedPglite | undefined> {
  if (!Deno.build.standalone) return undefined;
  const [wasm, files] = PARTS.map((part) => readPrepared(packedName(part)));
  // Compiles in the background while the rest is being unpacked.
  const compiled = WebAssembly.compile(unpack(wasm!));
  const fsBundle = new Blob([unpack(files!)]);
  return { pgliteWasmModule: await compiled, fsBundle };
}

/** Packs the parts of this PGlite version, unless that is done. */
export async function packPglite(): Promise<void> {
  const folder = new URL("./", preparedFile(packedName(PARTS[0])));
  await Deno.mkdir(folder, { recursive: true });
  const wanted = PARTS.map((part) => preparedFile(packedName(part)));
  for await (const { name } of Deno.readDir(folder)) {
    const found = new URL(name, folder);
    if (!wanted.some(({ href }) => href === found.href)) await Deno.remove(found);
  }
  for (const part of PARTS) await packPart(part);
}

async function packPart(part: string): Promise<void> {
  const target = preparedFile(packedName(part));
  if (await Deno.stat(target).then(() => true, () => false)) return;
  const source = new URL(part, import.meta.resolve("@electric-sql/pglite"));
  await writeFileAtomically(fromFileUrl(target), pack(await Deno.readFile(source)));
}

function packedName(part: string): string {
  const version = manifest.imports["@electric-sql/pglite"].split("@").at(-1);
  return `pglite/${version}-${part}.br`;
}
