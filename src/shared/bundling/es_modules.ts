/**
 * Which modules are ES modules to Node. What those import of CommonJS by default is its whole
 * `module.exports`; esbuild does so for importers whose names end in `.mjs`, and takes
 * `exports.default` for the others.
 */
import type { PackageSource } from "../packages/package_source.ts";
import type { LocalFiles } from "./local_files.ts";
import { partsOf, type Resolved } from "./resolve.ts";

const ENDING = "?.mjs";

/** What authors write in CommonJS alone, be it beside `import`, as InsForge's examples do. */
const OF_COMMONJS = /\bmodule\.exports\b|\bexports[.[]|\(exports\b|^\s*export\s*=/m;

/**
 * Whether a module is one to Node; files of the author's are unless they assign to `exports`, as in
 * Deno.
 * @throws {SourceError} where it cannot be read
 */
export async function isEsModule(
  { kind, path }: Resolved,
  { local, packages }: { readonly local: LocalFiles; readonly packages: PackageSource },
): Promise<boolean> {
  switch (kind) {
    case "local":
      return !/\.(c[jt]s|json|wasm)$/.test(path) &&
        !OF_COMMONJS.test(new TextDecoder().decode(await local.read(path)));
    case "npm": {
      const { id, path: file } = partsOf(path);
      return await (await packages.files(id)).isEsModule(file);
    }
    default:
      return kind === "remote";
  }
}

/** The name that esbuild is told for the path of an ES module. */
export function esModuleName(path: string): string {
  return path + ENDING;
}

/** The path behind such a name, or behind those in a text of esbuild's. */
export function withoutEnding(text: string): string {
  return text.replaceAll(ENDING, "");
}
