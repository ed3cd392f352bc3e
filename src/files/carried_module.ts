/**
 * Modules that few commands load, and that are large: the build makes one of each and of all that
 * it imports, and packs it among the prepared files, as every start reads what is embedded.
 */
import { isCheckout, programModule, workerModule } from "../core/program_files.ts";
import { unpack } from "./packing.ts";
import { readPrepared } from "./prepared_files.ts";

/**
 * Those that the build packs, by their paths below the root, without `.ts`. Each has copies of what
 * it shares with the program: an error of one is no instance of the other's classes.
 */
export const CARRIED_MODULES = [
  "src/server/instance",
  "src/server/database/postgres_worker",
  "src/server/functions/function_worker",
  "src/shared/sql/parser_code",
  "src/shared/bundling/esbuild_code",
  "src/shared/packages/acorn",
  "src/commands/mcp/protocol",
  "src/files/zip",
] as const;

/**
 * Those that V8 need not compile as they are loaded: each start of the local backend waits for the
 * database. A cache is twice as large as what it is of, so the server's own code has none.
 */
export const CACHED_MODULES: readonly string[] = [
  "src/server/database/postgres_worker",
] satisfies readonly Name[];

/** The body of an async function of what {@link MODULE_META} names, which answers exports. */
const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (meta: Pick<ImportMeta, "url">) => Promise<unknown>;

/** What a carried module has for `import.meta`: the address of a module of the program. */
export const MODULE_META = "moduleMeta";
/** What one with a cache has for `import()`: it is a script, which has none. */
export const MODULE_IMPORT = "moduleImport";

/** A script sees Node's timers unless it is given others: their answers are no numbers. */
const TIMERS = { setTimeout, clearTimeout, setInterval, clearInterval };

/** What a module with a cache is a function of. */
const PARAMETERS = [MODULE_META, MODULE_IMPORT, ...Object.keys(TIMERS)].join();

/** What the script of such a module answers: a function by its name, which answers exports. */
type Carried = Readonly<Record<string, (...parameters: unknown[]) => Promise<unknown>>>;

/** The script of a module with a cache, of the body of its function. */
export function scriptOf(name: string, body: string): string {
  return `({async ${JSON.stringify(name)}(${PARAMETERS}){${body}\n}})`;
}

/** Its name among the prepared files. */
export function packedModule(name: string): string {
  return `modules/${name}.js.br`;
}

/** The name of its cache among the prepared files. */
export function packedCache(name: string): string {
  return `modules/${name}.cache.br`;
}

type Name = typeof CARRIED_MODULES[number];

/**
 * Evaluates one and answers what it exports. Reads the executable, where the module is not imported
 * from its source.
 */
export async function loadCarried<T>(name: Name): Promise<T> {
  if (isCheckout) return await import(workerModule(name).href);
  const code = readCarried(name);
  if (!CACHED_MODULES.includes(name)) return await runCarried(name, code) as T;
  return await runCached(name, code, unpack(readPrepared(packedCache(name)))) as T;
}

/** The code of one, for a thread that may not read the executable. */
export function readCarried(name: Name): string {
  return new TextDecoder().decode(unpack(readPrepared(packedModule(name))));
}

/**
 * Evaluates what {@link readCarried} answers. As code of its own, and not by a `data:` address:
 * that would be the name of the file in each of its stacks, megabytes long.
 */
export async function runCarried(name: Name, code: string): Promise<unknown> {
  const run = new AsyncFunction(MODULE_META, `${code}\n//# sourceURL=insforge:${name}.js`);
  return await run({ url: programModule });
}

/**
 * Evaluates the script of a module with a cache.
 * @param cachedData what V8 has compiled of it; passed over where that was another V8
 */
export async function runCached(
  name: Name,
  code: string,
  cachedData: Uint8Array,
): Promise<unknown> {
  const { Script } = await import("node:vm");
  const script = new Script(code, { filename: `insforge:${name}.js`, cachedData });
  const { [name]: run }: Carried = script.runInThisContext();
  const load = (source: string) => import(source);
  return await run!({ url: programModule }, load, ...Object.values(TIMERS));
}
