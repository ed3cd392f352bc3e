/** PGlite's WebAssembly, packed among the prepared files: PostgreSQL itself. */
import { unpackBeside } from "../../files/packing.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import manifest from "../../../deno.json" with { type: "json" };

/** Where PGlite's parts lie among the prepared files. */
export const PGLITE_FOLDER = "pglite";

/** The name of a part of this PGlite version in that folder. */
export function packedPart(part: string): string {
  return `${manifest.imports["@electric-sql/pglite"].split("@").at(-1)}-${part}.br`;
}

/** Unpacks and compiles it, in an executable. */
export async function compilePglite(): Promise<WebAssembly.Module> {
  const packed = readPrepared(`${PGLITE_FOLDER}/${packedPart("pglite.wasm")}`);
  const program = await unpackBeside(packed);
  const module = await WebAssembly.compile(program);
  // The module has a copy, and a thread that then waits would never collect these megabytes.
  program.buffer.transfer(0);
  return module;
}

/** {@link compilePglite} for another thread; an empty word where it fails. */
export async function sendPglite(port: MessagePort): Promise<void> {
  port.postMessage(await compilePglite().catch(() => undefined));
}
