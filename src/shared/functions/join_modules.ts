/**
 * Joins a function and the files that it imports into the one module that is uploaded. What is no
 * local file stays an import.
 */
import { basename, dirname, fromFileUrl, relative, toFileUrl } from "@std/path";
import { FileError } from "../../core/errors.ts";
import { privateNameIn } from "../../files/private_names.ts";
import { isWithin, placeWithin } from "../../files/real_path.ts";
import { readImportMap } from "./import_map.ts";
import { readScript, SourceError } from "./script.ts";

/** A function as it is uploaded. */
export interface LinkedFunction {
  readonly code: string;
  /** Every file that it was made of, absolute; a change of one of them changes it. */
  readonly files: readonly string[];
}

interface Module {
  readonly path: string;
  readonly body: string;
  /** What each import of this module leads to: a file's path, or a name that stays. */
  readonly targets: ReadonlyMap<string, string>;
}

/**
 * Links the function whose source is at `path`. A source that imports no file stays as it is, types
 * and comments included.
 * @param root the real folder that everything it is made of has to be in; else that of the function
 * @throws {SourceError} for what cannot be read or found, or is a link that leads out of the root
 */
export async function linkFunction(path: string, root = dirname(path)): Promise<LinkedFunction> {
  if (!isWithin(root, path)) return await linkFunction(path);
  const source = await readSource(path, root);
  const map = await readImportMap(path, root);
  const modules = new Map<string, Module>();
  const externals = new Set<string>();
  const files: string[] = map.file ? [map.file] : [];
  let isPlain = true;

  /** Adds a file behind all that it imports, as they run in that order. */
  async function add(path: string, source: string): Promise<void> {
    files.push(path);
    const { body, imports } = path.endsWith(".json")
      ? {
        body: `exports.__esModule = true; exports.default = ${parsedJson(source, path)};`,
        imports: [],
      }
      : await readScript(source, basename(path));
    const targets = new Map<string, string>();
    for (const specifier of imports) {
      const mapped = map.resolve(specifier);
      const file = fileOf(mapped, path);
      targets.set(specifier, file ?? mapped);
      if (!file) externals.add(mapped);
      if (file || mapped !== specifier) isPlain = false;
      if (file && !files.includes(file)) await add(file, await readSource(file, root, path));
    }
    modules.set(path, { path, body, targets });
  }

  await add(path, source);
  return { code: isPlain ? source : written([...modules.values()], [...externals]), files };
}

function fileOf(specifier: string, importer: string): string | undefined {
  return /^(\.{0,2}\/|file:)/.test(specifier)
    ? fromFileUrl(new URL(specifier, toFileUrl(importer)))
    : undefined;
}

async function readSource(path: string, root: string, importer?: string): Promise<string> {
  const where = importer ? ` that ${basename(importer)} imports` : "";
  const name = privateNameIn(relative(root, dirname(path)), true);
  if (name) {
    throw new SourceError(`The file ${path}${where} is in ${name}, which is never uploaded`);
  }
  try {
    return await Deno.readTextFile(isWithin(root, path) ? placeWithin(root, path) : path);
  } catch (error) {
    if (error instanceof FileError) throw error;
    const why = error instanceof Deno.errors.NotFound
      ? "is not there"
      : `cannot be read: ${(error as Error).message}`;
    throw new SourceError(`The file ${path}${where} ${why}`, { cause: error });
  }
}

function parsedJson(source: string, path: string): string {
  try {
    return JSON.stringify(JSON.parse(source));
  } catch (error) {
    throw new SourceError(`${path}: ${(error as Error).message}`);
  }
}

/**
 * Writes the module: each file a function, called once, in the order in which imports run. It does
 * not say `module.exports`, by which InsForge tells scripts from ES modules.
 */
function written(modules: readonly Module[], externals: readonly string[]): string {
  const ids = new Map([...externals, ...modules.map(({ path }) => path)].map((n, i) => [n, i]));
  const entry = modules.at(-1)!;
  const name = (path: string) => relative(dirname(entry.path), path).replaceAll("\\", "/");
  const last = ids.get(entry.path)!;
  return [
    `// ${
      modules.map(({ path }) => name(path)).join(", ")
    }: joined by \`insforge functions deploy\`.`,
    ...externals.map((name, id) => `import * as external${id} from ${JSON.stringify(name)};`),
    `const loaded = [${
      [
        ...externals.map((_, id) => `{ ...external${id}, __esModule: true }`),
        ...modules.map(() => "{}"),
      ].join(", ")
    }];`,
    `const define = async (id, run) => {`,
    `  const own = { exports: loaded[id] };`,
    `  await run((wanted) => loaded[wanted], own, own.exports);`,
    `  loaded[id] = own.exports;`,
    `};`,
    ...modules.map((module) =>
      `// ${name(module.path)}\nawait define(${ids.get(module.path)}, ` +
      `async (require, module, exports) => {${numbered(module, ids)}\n});`
    ),
    `export default typeof loaded[${last}] === "function" ? loaded[${last}] : loaded[${last}].default;`,
    "",
  ].join("\n");
}

/** Replaces the names in the calls of `require` that the transpiler wrote. */
function numbered({ body, targets }: Module, ids: ReadonlyMap<string, number>): string {
  return body.replaceAll(
    /\brequire\((?:'([^']*)'|"([^"]*)")\)/g,
    (call, single?: string, double?: string) => {
      const id = ids.get(targets.get(single ?? double!) ?? "");
      return id === undefined ? call : `require(${id})`;
    },
  );
}
