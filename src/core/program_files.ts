/** Where the program's own modules and files are: in a checkout, or bundled in the executable. */

const BUNDLE = "/bundle/";
const CHECKOUT = "/src/core/program_files.ts";

const here = import.meta.url;
/** The address of the module that holds this one, among those of the program. */
export const programModule = here;

/** Whether the program runs from its sources, with the packages of Deno's own cache. */
export const isCheckout = here.endsWith(CHECKOUT);

/** The folder that holds `main.ts`, or `main.js` of the bundle. */
const programRoot = new URL(
  isCheckout ? "../../" : here.slice(0, here.lastIndexOf(BUNDLE) + BUNDLE.length),
  here,
);

/**
 * The folder that holds everything the program carries: its modules, packages and prepared files.
 */
export const programFiles = new URL(isCheckout ? "./" : "../", programRoot);

/** All that the program carries; in an executable, some of it lies behind Deno's runtime. */
export function programPlaces(): [URL, ...string[]] {
  return Deno.build.standalone ? [programFiles, Deno.execPath()] : [programFiles];
}

/**
 * The address of a module that the bundle has under its own name, as those that run in workers;
 * `name` is its path below the root, without `.ts`.
 */
export function workerModule(name: string): URL {
  return new URL(`${name}.${isCheckout ? "ts" : "js"}`, programRoot);
}

/**
 * Where `scripts/prepare.ts` puts a file, and where an executable has it that embeds these files;
 * `files/prepared_files.ts` reads them wherever they are.
 */
export function preparedFile(name: string): URL {
  return new URL(isCheckout ? `.setup/prepared/${name}` : `prepared/${name}`, programFiles);
}
