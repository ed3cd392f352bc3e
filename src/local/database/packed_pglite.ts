/**
 * PostgreSQL itself, as the program carries it: PGlite's WebAssembly and its shared files, packed,
 * because every start of the executable reads all that is embedded in it.
 */
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
  const [wasm, files] = await Promise.all(PARTS.map((part) => unpack(packedUrl(part))));
  const [pgliteWasmModule, fsBundle] = await Promise.all([
    // Compiles while the rest is still being unpacked.
    WebAssembly.compileStreaming(
      new Response(wasm, { headers: { "content-type": "application/wasm" } }),
    ),
    new Response(files).blob(),
  ]);
  return { pgliteWasmModule, fsBundle };
}

/** Packs the parts of this PGlite version, unless that is done. */
export async function packPglite(): Promise<void> {
  const folder = new URL("./", packedUrl(PARTS[0]));
  await Deno.mkdir(folder, { recursive: true });
  const wanted = PARTS.map(packedUrl);
  for await (const { name } of Deno.readDir(folder)) {
    const found = new URL(name, folder);
    if (!wanted.some(({ href }) => href === found.href)) await Deno.remove(found);
  }
  for (const part of PARTS) await pack(part);
}

async function pack(part: string): Promise<void> {
  const target = packedUrl(part);
  if (await Deno.stat(target).then(() => true, () => false)) return;
  const source = await Deno.open(new URL(part, import.meta.resolve("@electric-sql/pglite")));
  const temporary = new URL(`${target}.${crypto.randomUUID()}.tmp`);
  await Deno.writeFile(temporary, source.readable.pipeThrough(new CompressionStream("gzip")));
  await Deno.rename(temporary, target);
}

async function unpack(file: URL): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { readable } = await Deno.open(file);
  return readable.pipeThrough(new DecompressionStream("gzip"));
}

function packedUrl(part: string): URL {
  const version = manifest.imports["@electric-sql/pglite"].split("@").at(-1);
  return new URL(`../../../.setup/pglite/${version}-${part}.gz`, import.meta.url);
}
