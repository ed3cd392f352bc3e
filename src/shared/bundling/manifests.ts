/** The files that say what the modules of a folder, and those below it, mean. */

/** Deno's own. */
export const DENO_FILES = ["deno.json", "deno.jsonc"];

/** All of them. */
export const MANIFESTS = [...DENO_FILES, "package.json"];
