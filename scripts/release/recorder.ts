/**
 * Has an executable write the caches of what it ran, of the script in start_script.ts and of carried
 * modules: V8 takes one of the same version, flags and build alone.
 */
import { join } from "@std/path";
import { CACHED_MODULES, packedCache } from "../../src/files/carried_module.ts";
import { pack } from "../../src/files/packing.ts";
import { LOADER } from "./start_script.ts";

/** The entry of the one thread that runs a carried module and not the script. */
const DATABASE_ENTRY = "src/server/database/carried_worker.js";

/** What the script's cache is recorded as. */
const START = "start";

/** The caches of carried modules by name. */
export type CarriedCaches = Readonly<Record<string, Uint8Array>>;

/** V8 passes over them. */
const NO_CARRIED_CACHES = Object.fromEntries(
  CACHED_MODULES.map((name) => [name, new Uint8Array()]),
);

/** Keeps caches among the prepared files, which are no newer for it; none unless given. */
export async function keepCarriedCaches(
  prepared: string,
  caches: CarriedCaches = NO_CARRIED_CACHES,
): Promise<void> {
  for (const [name, cache] of Object.entries(caches)) {
    const path = join(prepared, packedCache(name));
    await Deno.writeFile(path, pack(cache));
    await Deno.utime(path, 0, 0);
  }
}

/**
 * Has whatever is compiled of a bundle write caches into a folder: each thread of what it ran.
 * @returns what has the bundle be as it was
 */
export async function recordCaches(bundle: string, folder: string): Promise<AsyncDisposable> {
  const restore: (() => Promise<void>)[] = [];
  const into = `const recordedFolder=${JSON.stringify(folder)};`;
  for (const [name, recorder] of [[LOADER, START_RECORDER], [DATABASE_ENTRY, DATABASE_RECORDER]]) {
    const path = join(bundle, name!);
    const code = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, `${code}\n${into}${RECORDER}${recorder}`);
    restore.push(() => Deno.writeTextFile(path, code));
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const asItWas of restore) await asItWas();
    },
  };
}

/** Reads what the script recorded. @throws {Deno.errors.NotFound} */
export async function recordedStart(folder: string): Promise<Uint8Array> {
  return await Deno.readFile(join(folder, START));
}

/** Reads what carried modules recorded. @throws {Deno.errors.NotFound} */
export async function recordedCarried(folder: string): Promise<CarriedCaches> {
  const caches: Record<string, Uint8Array> = {};
  for (const name of CACHED_MODULES) {
    caches[name] = await Deno.readFile(join(folder, name.replaceAll("/", "+")));
  }
  return caches;
}

/** Threads have the launcher's permissions, which gives up none: each writes a file. */
const RECORDER = `
  const record = (name, script) => {
    Deno.writeFileSync(recordedFolder + "/" + name, script.createCachedData());
  };
  globalThis.Worker = class extends Worker {
    constructor(module, options) {
      super(module, { ...options, deno: { permissions: "inherit" } });
    }
  };
`;

/** Of the script, as the process ends. A worker's part of it runs in the launcher as well. */
const START_RECORDER = `
  if (!("WorkerGlobalScope" in globalThis)) {
    Deno.permissions.revokeSync = () => {};
    const { exit } = Deno;
    const recorded = (exitCode) => {
      record("${START}", script);
      const cachedData = Deno.readFileSync(recordedFolder + "/${START}");
      if (new Script(code, { cachedData }).cachedDataRejected) throw new Error("no cache");
      exit(exitCode);
    };
    Object.defineProperty(Deno, "exit", { get: () => recorded, set() {} });
  }
`;

/**
 * Of what answers for the database, once it does. Until all that it is told at first is there it is
 * told nothing: V8 numbers functions as it meets them, and two builds are to have the same bytes.
 */
const DATABASE_RECORDER = `
  import { Script } from "node:vm";
  const ran = new Map();
  const { runInThisContext } = Script.prototype;
  Script.prototype.runInThisContext = function () {
    const answered = runInThisContext.call(this);
    for (const name of Object.keys(answered)) ran.set(name, this);
    return answered;
  };
  const { onmessage, postMessage } = self;
  const told = [];
  self.onmessage = async (event) => {
    if (told.push(event) < 2) return;
    const [{ data }, word] = told;
    const compiled = new Promise((resolve) => data.program.onmessage = resolve);
    const { port1, port2 } = new MessageChannel();
    port1.postMessage((await compiled).data);
    self.onmessage = onmessage;
    onmessage({ data: { ...data, program: port2 } });
    onmessage(word);
  };
  self.postMessage = (message, transfer) => {
    if (message.type === "ready") {
      for (const [name, script] of ran) record(name.replaceAll("/", "+"), script);
    }
    postMessage(message, transfer);
  };
`;
