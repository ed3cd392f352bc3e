/** The names that a project gives to modules: import maps, `deno.json` and `package.json`. */
import { dirname, fromFileUrl, join, toFileUrl } from "@std/path";
import { listOf, recordOf, textOf, textsOf } from "../../core/shapes.ts";
import { isWithin } from "../../files/real_path.ts";
import { CATALOG_FILES, Catalogs, PNPM_FILE } from "./catalogs.ts";
import { packageEntry, packageImport } from "./local_module.ts";
import { DENO_FILES } from "./manifests.ts";
import { ProjectFiles } from "./project_files.ts";
import { SourceError } from "./source_error.ts";
import { bareSpecifier } from "./specifiers.ts";
import { resolveByPaths } from "./typescript_paths.ts";
import { Workspace } from "./workspace.ts";

type Names = Readonly<Record<string, string>>;

/** What the names in a source file stand for. */
export interface ImportMap {
  /** The project's files as they were read. */
  readonly project: ProjectFiles;
  /** How sources are compiled, as far as that changes what they do: options of TypeScript's. */
  readonly compilerOptions: CompilerOptions;
  /**
   * What a name in a module stands for, most stand for themselves; `importer` is its address.
   * @throws {SourceError} for a member of a workspace that lacks the module
   */
  resolve(specifier: string, importer: string): Promise<string>;
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

/** A part of an import map: names, and the address that they are relative to. */
interface Part {
  readonly names: Names;
  readonly scope?: string;
  readonly base: URL;
}

/** As functions of other platforms have it beside them. */
const MAP_FILE = "import_map.json";

/** The dependencies of a `package.json`, and the folder that it is in. */
interface Dependencies {
  readonly ranges: Names;
  readonly folder: string;
}

/** What a folder and those above it say, the nearest first. */
interface Surroundings {
  readonly parts: readonly Part[];
  readonly dependencies: readonly Dependencies[];
  readonly workspace: Workspace;
  readonly catalogs: Catalogs;
  readonly compilerOptions?: CompilerOptions;
}

/**
 * Reads what counts for a source file: in its folder and those above it, up to `root`, the nearest
 * name winning. Files outside of `root` are not looked for. What a function imports from elsewhere
 * in the project has, beside that, the names of where it is.
 * @throws {SourceError} for a file that is there and is no JSON
 */
export async function readImportMap(source: string, root: string): Promise<ImportMap> {
  const project = new ProjectFiles(root);
  const known = new Map<string, Promise<Surroundings>>();
  const surroundingsOf = (folder: string) => {
    let found = known.get(folder);
    if (!found) known.set(folder, found = readSurroundings(project, folder));
    return found;
  };
  const own = await surroundingsOf(dirname(source));

  async function resolve(specifier: string, importer: string): Promise<string> {
    const isOfProject = importer.startsWith("file:") && isWithin(root, fromFileUrl(importer));
    const path = isOfProject ? fromFileUrl(importer) : undefined;
    const isElsewhere = path !== undefined && dirname(path) !== dirname(source);
    const all = isElsewhere ? [own, await surroundingsOf(dirname(path))] : [own];
    for (const { parts } of all) {
      const found = named(parts, specifier, importer);
      if (found !== undefined) return found;
    }
    if (!bareSpecifier(specifier) && !/^[@~#]/.test(specifier)) return specifier;
    const nearestFirst = all.toReversed();
    const memberFile = async (name: string) => {
      for (const { workspace } of nearestFirst) {
        const file = await workspace.resolve(name);
        if (file) return file;
      }
    };
    const file = path && await resolveByPaths({ files: project, memberFile }, specifier, path);
    if (file) return toFileUrl(file).href;
    if (path && specifier.startsWith("#")) {
      const meant = await packageImport(project, specifier, path);
      if (meant) return meant.startsWith("file:") ? meant : await resolve(meant, importer);
    }
    // A package of the project says itself what it depends on.
    for (const { workspace, dependencies, catalogs } of nearestFirst) {
      const member = await workspace.resolve(specifier);
      if (member) return toFileUrl(member).href;
      const dependency = await dependencyOf(project, { dependencies, catalogs }, specifier);
      if (dependency) return dependency;
    }
    return specifier;
  }

  return { project, compilerOptions: compiling(own.compilerOptions), resolve };
}

async function readSurroundings(project: ProjectFiles, start: string): Promise<Surroundings> {
  const parts: Part[] = [];
  const dependencies: Dependencies[] = [];
  const workspace = new Workspace(project);
  const catalogs = new Catalogs();
  let compilerOptions: CompilerOptions | undefined;

  async function addMap(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const config = await project.json(file);
    if (!config) return undefined;
    const base = toFileUrl(file);
    for (const [scope, names] of Object.entries(recordOf(config.scopes))) {
      const address = URL.parse(scope, base)?.href;
      if (address) parts.push({ names: textsOf(names), scope: address, base });
    }
    parts.push({ names: textsOf(config.imports), base });
    return config;
  }

  for (const folder of project.foldersUpFrom(start)) {
    for (const name of DENO_FILES) {
      const config = await addMap(join(folder, name));
      if (!config) continue;
      if (config.compilerOptions) compilerOptions ??= textsAndFlags(config.compilerOptions);
      workspace.add(folder, membersOf(config.workspace, "members"));
      const importMap = textOf(config.importMap);
      if (importMap && !/^[a-z]+:\/\//.test(importMap)) await addMap(join(folder, importMap));
    }
    await addMap(join(folder, MAP_FILE));
    const manifest = await project.json(join(folder, "package.json"));
    if (!manifest) continue;
    const ranges = { ...textsOf(manifest.devDependencies), ...textsOf(manifest.dependencies) };
    dependencies.push({ ranges, folder });
    workspace.add(folder, membersOf(manifest.workspaces, "packages"));
    catalogs.add(manifest);
    catalogs.add(recordOf(manifest.workspaces));
    for (const name of CATALOG_FILES) {
      const text = await project.text(join(folder, name)) ?? "";
      catalogs.addYaml(text);
      if (name === PNPM_FILE) workspace.addPnpm(folder, text);
    }
  }
  return { parts, dependencies, workspace, catalogs, compilerOptions };
}

/** Patterns of folders: as a list, or as one in an object that says more. */
function membersOf(value: unknown, key: string): string[] {
  return listOf(Array.isArray(value) ? value : recordOf(value)[key]);
}

/** What compilers of JSX are told is text, and the rest yes or no. */
function textsAndFlags(value: unknown): CompilerOptions {
  const { experimentalDecorators } = recordOf(value);
  return {
    ...textsOf(value),
    experimentalDecorators: experimentalDecorators === true || undefined,
  };
}

function named(parts: readonly Part[], specifier: string, importer: string): string | undefined {
  const scoped = parts.filter(({ scope }) => scope && importer.startsWith(scope))
    .sort((a, b) => b.scope!.length - a.scope!.length);
  for (const part of [...scoped, ...parts.filter(({ scope }) => !scope)]) {
    const found = resolveIn(part, specifier);
    if (found !== undefined) return found;
  }
}

/** The map of a source that came by itself: every name stands for itself. */
export function withoutNames(root: string): ImportMap {
  const resolve = (specifier: string) => Promise.resolve(specifier);
  return { project: new ProjectFiles(root), compilerOptions: {}, resolve };
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

/**
 * `package.json` gives names to packages of npm, and to folders of the project.
 * @throws {SourceError} for a folder that is no such package
 */
async function dependencyOf(
  project: ProjectFiles,
  { dependencies, catalogs }: Pick<Surroundings, "dependencies" | "catalogs">,
  specifier: string,
): Promise<string | undefined> {
  const bare = bareSpecifier(specifier);
  if (!bare) return undefined;
  const found = dependencies.find(({ ranges }) => ranges[bare.name] !== undefined);
  const given = found?.ranges[bare.name];
  if (found === undefined || given === undefined) return undefined;
  const [, catalog] = /^catalog:(.*)$/.exec(given) ?? [];
  const range = catalog === undefined ? given : catalogs.rangeOf(bare.name, catalog);
  if (range === undefined) {
    throw new SourceError(
      `${join(found.folder, "package.json")} has ${bare.name} as ${JSON.stringify(given)}, and ` +
        "no such catalog has it",
      { hint: `Catalogs are looked for in package.json, ${CATALOG_FILES.join(" and ")} above it.` },
    );
  }
  const subpath = bare.subpath && `/${bare.subpath}`;
  if (/^(npm|jsr):/.test(range)) return range + subpath;
  const [, scheme, place] = /^(workspace|file|link|portal):(.*)$/.exec(range) ?? [];
  if (place === undefined) return `npm:${bare.name}@${range}${subpath}`;
  const folder = scheme === "workspace" ? undefined : join(found.folder, place);
  const manifest = folder && await project.json(join(folder, "package.json"));
  const file = manifest && await packageEntry(project, folder, manifest, bare.subpath);
  if (file) return toFileUrl(file).href;
  throw new SourceError(
    `${join(found.folder, "package.json")} has ${bare.name} as ${JSON.stringify(range)}, and ` +
      `there is no such package below ${project.root}`,
  );
}
