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

/** The body of an async function of what {@link MODULE_META} names, which answers exports. */
const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (meta: Pick<ImportMeta, "url">) => Promise<unknown>;

/** What a carried module has for `import.meta`: the address of a module of the program. */
export const MODULE_META = "moduleMeta";

/** Its name among the prepared files. */
export function packedModule(name: string): string {
  return `modules/${name}.js.br`;
}

type Name = typeof CARRIED_MODULES[number];

/**
 * Evaluates one and answers what it exports. Reads the executable, where the module is not imported
 * from its source.
 */
export async function loadCarried<T>(name: Name): Promise<T> {
  if (isCheckout) return await import(workerModule(name).href);
  return await runCarried(name, readCarried(name)) as T;
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
