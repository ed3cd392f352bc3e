/** The names that a project gives to modules: import maps, `deno.json` and `package.json`. */
import { dirname, join, relative, toFileUrl } from "@std/path";
import { isWithin, placeWithin } from "../../files/real_path.ts";
import { SourceError } from "./source_error.ts";
import { bareSpecifier } from "./specifiers.ts";

type Names = Readonly<Record<string, string>>;

/** What the names in a source file stand for. */
export interface ImportMap {
  /** The files that hold it, absolute; a change of one of them changes it. */
  readonly files: readonly string[];
  /** How sources are compiled, as far as that changes what they do: options of TypeScript's. */
  readonly compilerOptions: CompilerOptions;
  /** What a name in a module stands for, most stand for themselves; `importer` is its address. */
  resolve(specifier: string, importer: string): string;
}

/** Options of `compilerOptions`; without one, JSX is React's, whose module is imported. */
export interface CompilerOptions {
  /** Every other one of Deno's comes to the second here. */
  readonly jsx?: "react" | "react-jsx";
  readonly jsxImportSource?: string;
  readonly jsxFactory?: string;
  readonly jsxFragmentFactory?: string;
  readonly experimentalDecorators?: boolean;
}

interface DenoConfig {
  readonly name?: string;
  readonly exports?: string | Names;
  readonly imports?: Names;
  readonly scopes?: Readonly<Record<string, Names>>;
  readonly importMap?: string;
  readonly compilerOptions?: CompilerOptions;
  readonly workspace?: readonly string[] | { readonly members?: readonly string[] };
}

interface NodeManifest {
  readonly name?: string;
  readonly main?: string;
  readonly exports?: string | Names;
  readonly dependencies?: Names;
  readonly devDependencies?: Names;
  readonly workspaces?: readonly string[];
}

/** A part of an import map: names, and the address that they are relative to. */
interface Part {
  readonly names: Names;
  readonly scope?: string;
  readonly base: URL;
}

const DENO_FILES = ["deno.json", "deno.jsonc"];
/** As functions of other platforms have it beside them. */
const MAP_FILE = "import_map.json";

/**
 * Reads what counts for a source file: in its folder and those above it, up to `root`, the nearest
 * name winning. Files outside of `root` are not looked for.
 * @throws {SourceError} for a file that is there and is no JSON
 */
export async function readImportMap(source: string, root: string): Promise<ImportMap> {
  const parts: Part[] = [];
  const dependencies: Names[] = [];
  const files: string[] = [];
  let compilerOptions: CompilerOptions | undefined;

  async function read<T>(file: string): Promise<T | undefined> {
    const text = await readWithin(root, file);
    if (text === undefined) return undefined;
    files.push(file);
    return await parsed<T>(file, text);
  }

  function add({ imports = {}, scopes = {} }: DenoConfig, file: string): void {
    const base = toFileUrl(file);
    for (const [scope, names] of Object.entries(scopes)) {
      parts.push({ names, scope: new URL(scope, base).href, base });
    }
    parts.push({ names: imports, base });
  }

  /** The members of a workspace go by their names. Patterns are not looked up: `packages/*`. */
  async function addMembers(folder: string, members: readonly string[]): Promise<void> {
    for (const member of members.filter((member) => !/[*?]/.test(member))) {
      const place = join(folder, member);
      for (const name of [...DENO_FILES, "package.json"]) {
        const file = join(place, name);
        const found = isWithin(root, file) && await read<DenoConfig & NodeManifest>(file);
        if (!found || !found.name) continue;
        parts.push({ names: exportsOf(found), base: toFileUrl(file) });
        break;
      }
    }
  }

  for (const folder of foldersUpTo(dirname(source), root)) {
    for (const name of DENO_FILES) {
      const file = join(folder, name);
      const config = await read<DenoConfig>(file);
      if (!config) continue;
      add(config, file);
      compilerOptions ??= config.compilerOptions;
      const { workspace = [] } = config;
      await addMembers(folder, "members" in workspace ? workspace.members ?? [] : workspace as []);
      if (config.importMap && !/^[a-z]+:\/\//.test(config.importMap)) {
        const other = join(folder, config.importMap);
        const map = await read<DenoConfig>(other);
        if (map) add(map, other);
      }
    }
    const map = await read<DenoConfig>(join(folder, MAP_FILE));
    if (map) add(map, join(folder, MAP_FILE));
    const manifest = await read<NodeManifest>(join(folder, "package.json"));
    if (!manifest) continue;
    dependencies.push({ ...manifest.devDependencies, ...manifest.dependencies });
    if (Array.isArray(manifest.workspaces)) await addMembers(folder, manifest.workspaces);
  }

  return {
    files,
    compilerOptions: compiling(compilerOptions),
    resolve(specifier, importer) {
      const scoped = parts.filter(({ scope }) => scope && importer.startsWith(scope))
        .sort((a, b) => b.scope!.length - a.scope!.length);
      for (const part of [...scoped, ...parts.filter(({ scope }) => !scope)]) {
        const found = resolveIn(part, specifier);
        if (found !== undefined) return found;
      }
      return dependencyOf(dependencies, specifier) ?? specifier;
    },
  };
}

/** What esbuild is told. */
function compiling(options: CompilerOptions = {}): CompilerOptions {
  const { jsx = "react-jsx", jsxImportSource, jsxFactory, jsxFragmentFactory } = options;
  return {
    jsx: jsx === "react" ? jsx : "react-jsx",
    jsxImportSource,
    jsxFactory,
    jsxFragmentFactory,
    experimentalDecorators: options.experimentalDecorators,
  };
}

/** The names that a member of a workspace goes by, and the files that they mean. */
function exportsOf({ name, main, exports = main ?? "./index.js" }: NodeManifest): Names {
  const entries = typeof exports === "string" ? { ".": exports } : exports;
  return Object.fromEntries(
    Object.entries(entries).filter(([, file]) => typeof file === "string")
      .map(([path, file]) => [name + path.slice(1), file.replace(/^(?!\.)/, "./")]),
  );
}

/**
 * What may not be read counts as absent. @throws {FileError} for a link that leads out of `root`
 */
async function readWithin(root: string, file: string): Promise<string | undefined> {
  const place = isWithin(root, file) ? placeWithin(root, file) : file;
  return await Deno.readTextFile(place).catch(() => undefined);
}

function* foldersUpTo(folder: string, root: string): Generator<string> {
  for (;; folder = dirname(folder)) {
    yield folder;
    const isInside = !relative(root, folder).startsWith("..") && folder !== root;
    if (!isInside || dirname(folder) === folder) return;
  }
}

async function parsed<T>(file: string, text: string): Promise<T> {
  const { parse } = await import("jsonc-parser");
  const errors: { offset: number }[] = [];
  const value = parse(text, errors as never, { allowTrailingComma: true });
  if (errors.length === 0 && typeof value === "object" && value !== null) return value;
  const line = text.slice(0, errors[0]?.offset ?? 0).split("\n").length;
  throw new SourceError(`${file} is not valid JSON: line ${line}`);
}

function resolveIn({ names, base }: Part, specifier: string): string | undefined {
  const key = Object.keys(names)
    .filter((key) => key === specifier || (key.endsWith("/") && specifier.startsWith(key)))
    .sort((a, b) => b.length - a.length)[0];
  if (key !== undefined) {
    const target = names[key] + specifier.slice(key.length);
    return /^\.{0,2}\//.test(target) ? new URL(target, base).href : target;
  }
  // As Deno does, a name of a package serves for the paths in it.
  const bare = bareSpecifier(specifier);
  const target = bare?.subpath ? names[bare.name] : undefined;
  return target && /^(npm|jsr):/.test(target) ? `${target}/${bare!.subpath}` : undefined;
}

/** `package.json` gives names to packages of npm. */
function dependencyOf(dependencies: readonly Names[], specifier: string): string | undefined {
  const bare = bareSpecifier(specifier);
  if (!bare) return undefined;
  const range = dependencies.find(({ [bare.name]: range }) => range !== undefined)?.[bare.name];
  if (range === undefined) return undefined;
  const subpath = bare.subpath && `/${bare.subpath}`;
  if (/^(npm|jsr):/.test(range)) return range + subpath;
  return `npm:${bare.name}@${range}${subpath}`;
}
