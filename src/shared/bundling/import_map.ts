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
  /** What a name in a module stands for, most stand for themselves; `importer` is its address. */
  resolve(specifier: string, importer: string): string;
}

interface DenoConfig {
  readonly imports?: Names;
  readonly scopes?: Readonly<Record<string, Names>>;
  readonly importMap?: string;
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

  for (const folder of foldersUpTo(dirname(source), root)) {
    for (const name of DENO_FILES) {
      const file = join(folder, name);
      const config = await read<DenoConfig>(file);
      if (!config) continue;
      add(config, file);
      if (config.importMap && !/^[a-z]+:\/\//.test(config.importMap)) {
        const other = join(folder, config.importMap);
        const map = await read<DenoConfig>(other);
        if (map) add(map, other);
      }
    }
    const map = await read<DenoConfig>(join(folder, MAP_FILE));
    if (map) add(map, join(folder, MAP_FILE));
    const manifest = await read<{ dependencies?: Names; devDependencies?: Names }>(
      join(folder, "package.json"),
    );
    if (manifest) dependencies.push({ ...manifest.devDependencies, ...manifest.dependencies });
  }

  return {
    files,
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

/** What may not be read counts as absent. @throws {FileError} for a link that leads out of `root` */
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
