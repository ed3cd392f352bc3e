/**
 * The file that an import of a local path means: the path itself, or as TypeScript for bundlers and
 * Node's packages write it, without its extension, with that of the compiled file, or a folder.
 */
import { dirname, join, toFileUrl } from "@std/path";
import { listOf, textOf } from "../../core/shapes.ts";
import type { ProjectFiles } from "./project_files.ts";

/** What is read of the `package.json` or `deno.json` of a folder of the project. */
export interface LocalPackage {
  readonly name?: unknown;
  readonly main?: unknown;
  readonly module?: unknown;
  readonly exports?: unknown;
}

const EXTENSIONS = [".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".cts", ".cjs", ".json"];
/** The sources of what TypeScript compiles. */
const SOURCES: readonly (readonly [compiled: RegExp, sources: readonly string[]])[] = [
  [/\.jsx?$/, [".ts", ".tsx"]],
  [/\.mjs$/, [".mts"]],
  [/\.cjs$/, [".cts"]],
];
const CONDITIONS = ["deno", "node", "import", "module", "default"];

/** The file, absolute; undefined where there is none. */
export async function localModule(
  files: ProjectFiles,
  path: string,
): Promise<string | undefined> {
  const file = await completed(path);
  if (file || !await isFolder(path)) return file;
  const own = await files.json(join(path, "package.json"));
  return own && await packageEntry(files, path, own, "") || await indexOf(path);
}

/** The file that a folder's description names: of a folder in it, that may be the index alone. */
async function namedFile(path: string): Promise<string | undefined> {
  return await completed(path) ?? await indexOf(path);
}

async function completed(path: string): Promise<string | undefined> {
  if (await isFile(path)) return path;
  const sources = SOURCES.find(([compiled]) => compiled.test(path))?.[1] ?? [];
  const candidates = [
    ...sources.map((extension) => path.replace(/\.\w+$/, extension)),
    ...EXTENSIONS.map((extension) => path + extension),
  ];
  for (const candidate of candidates) if (await isFile(candidate)) return candidate;
}

async function indexOf(path: string): Promise<string | undefined> {
  for (const extension of EXTENSIONS) {
    const index = join(path, `index${extension}`);
    if (await isFile(index)) return index;
  }
}

/**
 * The file that an import of a package of the project means, absolute.
 * @param folder that of the package
 * @param subpath what follows its name, empty for the package itself
 */
export async function packageEntry(
  files: ProjectFiles,
  folder: string,
  { name, main, module, exports }: LocalPackage,
  subpath: string,
): Promise<string | undefined> {
  if (exports !== undefined) {
    const { exports: targets } = await import("resolve.exports");
    const wanted = subpath ? `./${subpath}` : ".";
    const own = { name: textOf(name) ?? "x", exports } as never;
    const found = attempt(() => targets(own, wanted, { unsafe: true, conditions: CONDITIONS }));
    for (const target of listOf(found)) {
      const file = await namedFile(join(folder, target));
      if (file) return file;
    }
    return undefined;
  }
  if (subpath) return await localModule(files, join(folder, subpath));
  for (const entry of [module, main, "index", "src/index", "mod"]) {
    if (typeof entry !== "string") continue;
    const path = join(folder, entry);
    const file = path === folder ? undefined : await namedFile(path);
    if (file) return file;
  }
}

/**
 * What a name such as `#config` means to the package that a source is in, by the `imports` of the
 * nearest `package.json`: the address of a file, or another name.
 */
export async function packageImport(
  files: ProjectFiles,
  specifier: string,
  importer: string,
): Promise<string | undefined> {
  for (const folder of files.foldersUpFrom(dirname(importer))) {
    const own = await files.json(join(folder, "package.json"));
    if (!own) continue;
    const { imports } = await import("resolve.exports");
    const named = { name: "x", imports: own.imports } as never;
    const found = attempt(() =>
      imports(named, specifier, { unsafe: true, conditions: CONDITIONS })
    );
    for (const target of listOf(found)) {
      if (!/^[.#]/.test(target)) return target;
      const file = target.startsWith("./") && await namedFile(join(folder, target));
      if (file) return toFileUrl(file).href;
    }
    return undefined;
  }
}

/** What may not be looked at counts as there: its reading says why it may not. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    return error instanceof Deno.errors.NotCapable;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** `resolve.exports` throws for what is not exported. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
