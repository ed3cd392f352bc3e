/**
 * esbuild as the program carries it: WebAssembly, packed. Only the commands that bundle unpack it,
 * once a process; that takes a quarter of a second.
 */
import type * as esbuild from "esbuild-wasm";
import { preparedFile } from "../../core/program_files.ts";
import { loadCarried } from "../../files/carried_module.ts";
import { packFolder, unpackBeside } from "../../files/packing.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import manifest from "../../../deno.json" with { type: "json" };

/** The part of esbuild's interface that works without files of its own. */
export interface Esbuild extends Pick<typeof esbuild, "build" | "context" | "transform"> {
  /**
   * Aborted when esbuild has ended by itself, as it does of what is nested too deeply for its
   * stack: nothing that it was asked for before is answered any more. A signal, since a promise
   * would keep for its whole life what everybody who waits for it builds meanwhile.
   */
  readonly ended: AbortSignal;
}

/** Where it lies among the prepared files. */
const FOLDER = "esbuild";
const PACKED = `${manifest.imports["esbuild-wasm"].split("@").at(-1)}.wasm.br`;

let engine: Promise<Esbuild> | undefined;

/** The bundler, ready to work. */
export function loadEsbuild(): Promise<Esbuild> {
  return engine ??= start();
}

async function start(): Promise<Esbuild> {
  const [module, wasm] = await Promise.all([
    loadCarried<typeof import("./esbuild_code.ts")>("src/shared/bundling/esbuild_code"),
    readWasm(),
  ]);
  await module.initialize({ wasmModule: await WebAssembly.compile(wasm), worker: false });
  const { build, context, transform } = module;
  // The end is told to whoever waits for a build, and not to who waits for another rebuild.
  const ended = new AbortController();
  build({ entryPoints: ["x"], write: false, plugins: [ENDLESS] }).catch(async () => {
    engine = undefined;
    await module.stop();
    ended.abort();
  });
  return { build, context, transform, ended: ended.signal };
}

/** Has a build wait for as long as esbuild lives. */
const ENDLESS: esbuild.Plugin = {
  name: "endless",
  setup: (build) => build.onResolve({ filter: /(?:)/ }, () => new Promise(() => {})),
};

/** As it was prepared: a command may not read the package, which lies in Deno's own cache. */
async function readWasm(): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await unpackBeside(readPrepared(`${FOLDER}/${PACKED}`));
  } catch (error) {
    const isUnprepared = error instanceof Deno.errors.NotFound && !Deno.build.standalone;
    if (!isUnprepared) throw error;
    return await Deno.readFile(ownFile());
  }
}

/** Packs this version of esbuild, unless that is done. */
export async function packEsbuild(): Promise<void> {
  await packFolder(preparedFile(`${FOLDER}/`), { [PACKED]: ownFile() });
}

/** The file in esbuild's own package: there in a checkout alone. */
function ownFile(): URL {
  return new URL(import.meta.resolve("esbuild-wasm/esbuild.wasm"));
}
