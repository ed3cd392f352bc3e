/**
 * esbuild as the program carries it: WebAssembly, packed. Only the commands that bundle unpack it,
 * once a process; that takes a quarter of a second.
 */
import type * as esbuild from "esbuild-wasm";
import { fromFileUrl } from "@std/path";
import { writeFileAtomically } from "../../files/atomic.ts";
import { preparedFile } from "../../core/program_files.ts";
import { pack, unpack } from "../../files/packing.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import manifest from "../../../deno.json" with { type: "json" };

/** The part of esbuild's interface that works without files of its own. */
export type Esbuild = Pick<typeof esbuild, "build" | "context" | "transform">;

/** The packed file's name among the prepared ones. */
const PACKED = `esbuild/${manifest.imports["esbuild-wasm"].split("@").at(-1)}.wasm.br`;

let engine: Promise<Esbuild> | undefined;

/** The bundler, ready to work. */
export function loadEsbuild(): Promise<Esbuild> {
  return engine ??= start();
}

async function start(): Promise<Esbuild> {
  const [module, wasm] = await Promise.all([import("esbuild-wasm/esm/browser.js"), readWasm()]);
  await module.initialize({ wasmModule: await WebAssembly.compile(wasm), worker: false });
  return module;
}

async function readWasm(): Promise<Uint8Array<ArrayBuffer>> {
  if (!Deno.build.standalone) return await Deno.readFile(ownFile());
  return unpack(readPrepared(PACKED));
}

/** Packs this version of esbuild, unless that is done. */
export async function packEsbuild(): Promise<void> {
  const target = preparedFile(PACKED);
  const folder = new URL("./", target);
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    const found = new URL(name, folder);
    if (found.href === target.href) return;
    await Deno.remove(found);
  }
  await writeFileAtomically(fromFileUrl(target), pack(await Deno.readFile(ownFile())));
}

/** The file in esbuild's own package: there in a checkout alone. */
function ownFile(): URL {
  return new URL(import.meta.resolve("esbuild-wasm/esbuild.wasm"));
}
