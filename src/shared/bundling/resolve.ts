/** Where each import leads: to a local file, a file of a package, another host, or the runtime. */
import { dirname as urlDirname } from "node:path/posix";
import { fromFileUrl, relative, resolve, toFileUrl } from "@std/path";
import type { PackageSource } from "../packages/package_source.ts";
import { type ImportKind, isForPlatform, type PackageFiles } from "../packages/package_files.ts";
import type { ImportMap } from "./import_map.ts";
import { localModule } from "./local_module.ts";
import { isPartlyGiven, lackOf, nodeModule } from "./node_modules.ts";
import { SourceError } from "./source_error.ts";
import {
  bareSpecifier,
  isStandardServer,
  isTypesOnly,
  packageOfCdn,
  type PackageSpecifier,
  packageSpecifier,
} from "./specifiers.ts";

/** The kinds of modules in a bundle; each is a namespace of esbuild's. */
export type ModuleKind =
  /** A file of the author's; the path is relative to the project's root, with slashes. */
  | "local"
  /** A file of a package, as `NAME@VERSION/path`. */
  | "npm"
  /** An address, `https:` or `data:`. */
  | "remote"
  /** A module that the runtime has, such as `crypto` of Node. */
  | "given"
  /** One that the runtime has by a name of its own: an ES module over what it gives. */
  | "runtime"
  /** A module of Node that functions lack, or have a part of, as `NAME IMPORTER`. */
  | "lacking"
  /** `serve` of Deno's old standard library. */
  | "server"
  /** Nothing: types. */
  | "empty";

export interface Resolved {
  readonly kind: ModuleKind;
  readonly path: string;
  /** Set where a module that nothing is imported from may be left out. */
  readonly isPure?: boolean;
}

export interface Importer {
  readonly kind: ModuleKind;
  readonly path: string;
}

export interface ResolverOptions {
  /** The project's root. */
  readonly root: string;
  readonly map: ImportMap;
  readonly packages: PackageSource;
  /** The name that the runtime itself has for what a specifier means, where it has that. */
  given?(specifier: string): string | undefined;
  /** Set where there are no files: the source came by itself. */
  readonly isAlone?: boolean;
}

/** A peer that a package has, and what it was given. */
interface Peer {
  readonly name: string;
  readonly range: string;
  readonly found?: string;
}

/** The SDK is known by its name alone, as InsForge's own examples write it. */
const KNOWN: Readonly<Record<string, string>> = { "@insforge/sdk": "npm:@insforge/sdk" };

/** Finds modules. */
export class Resolver {
  readonly #options: ResolverOptions;
  /** What the function imports itself, as `NAME@VERSION`: peers of packages, where it will do. */
  readonly #own = new Set<string>();
  /** Peers that were none of those when they were asked for. */
  readonly #unmet: Peer[] = [];
  #hasLatePeer = false;

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /**
   * Where an import leads. `undefined` for what may be missing: what a package asks for as it runs,
   * with `require` or `import()`, and does not declare.
   * @throws {SourceError | PackageError}
   */
  async resolve(
    specifier: string,
    importer: Importer,
    kind: ImportKind,
  ): Promise<Resolved | undefined> {
    if (isTypesOnly(specifier)) return { kind: "empty", path: specifier };
    if (importer.kind === "runtime") return { kind: "given", path: specifier };
    if (importer.kind === "npm") return await this.#fromPackage(specifier, importer.path, kind);
    const address = this.#addressOf(importer);
    const name = await this.#options.map.resolve(specifier, address);
    const given = this.#options.given?.(name);
    if (given) return { kind: "runtime", path: given };
    return await this.#resolveName(KNOWN[name] ?? name, specifier, importer, address, kind);
  }

  /** Whether a package was given another peer than the function came to import after it; once. */
  takeLatePeer(): boolean {
    const had = this.#hasLatePeer;
    this.#hasLatePeer = false;
    this.#unmet.length = 0;
    return had;
  }

  /** The absolute path of a local module. */
  absolute(path: string): string {
    return resolve(this.#options.root, path);
  }

  /** The path of a local module, as messages and source maps show it. */
  local(path: string): string {
    return relative(this.#options.root, path).replaceAll("\\", "/");
  }

  async #resolveName(
    name: string,
    specifier: string,
    importer: Importer,
    address: string,
    kind: ImportKind,
  ): Promise<Resolved | undefined> {
    const wanted = packageSpecifier(name);
    if (wanted) return await this.#ownPackage(wanted, kind);
    if (/^(\.{0,2}\/|file:)/.test(name)) {
      return await this.#relative(name, importer, address, kind);
    }
    if (/^https?:/.test(name)) return await this.#remote(name, kind);
    if (name.startsWith("data:")) return { kind: "remote", path: name };
    const node = nodeModule(name);
    if (node) {
      const lack = lackOf(node);
      if (!lack) return { kind: "given", path: node };
      if (isPartlyGiven(node)) return { kind: "lacking", path: `${node} ${shown(importer)}` };
      throw new SourceError(
        `${shown(importer)} imports node:${node}, and edge functions have no access to ${lack}`,
      );
    }
    throw new SourceError(
      `${shown(importer)} imports ${JSON.stringify(specifier)}, and nothing says what that is`,
      {
        hint: name.startsWith("#")
          ? "Give it a meaning in the imports of package.json or deno.json."
          : bareSpecifier(name)
          ? `Write it as "npm:${name}", or give it a meaning in the imports of deno.json.`
          : undefined,
      },
    );
  }

  async #relative(
    name: string,
    importer: Importer,
    address: string,
    kind: ImportKind,
  ): Promise<Resolved | undefined> {
    const url = new URL(name, address);
    if (url.protocol !== "file:") return await this.#remote(url.href, kind);
    const { isAlone, map } = this.#options;
    if (importer.kind !== "local") {
      throw new SourceError(`${shown(importer)} imports a local file: ${name}`);
    }
    if (isAlone) {
      throw new SourceError(`The import ${JSON.stringify(name)} cannot be had: it is a file`, {
        hint: "`insforge functions deploy` bundles local files before it uploads them.",
      });
    }
    const path = fromFileUrl(url);
    return { kind: "local", path: this.local(await localModule(map.project, path) ?? path) };
  }

  async #remote(address: string, kind: ImportKind): Promise<Resolved | undefined> {
    if (isStandardServer(address)) return { kind: "server", path: address };
    const cdn = packageOfCdn(address);
    const wanted = cdn && packageSpecifier(cdn);
    if (!wanted) {
      // What it imports is relative to where it is found in the end.
      return { kind: "remote", path: (await this.#options.packages.module(address)).url };
    }
    return await this.#ownPackage(wanted, kind);
  }

  async #ownPackage(wanted: PackageSpecifier, kind: ImportKind): Promise<Resolved> {
    const { packages } = this.#options;
    const id = await packages.tree.resolve(wanted.name, wanted.range);
    if (!this.#own.has(id)) {
      this.#own.add(id);
      for (const peer of this.#unmet) {
        if (peer.found !== id && await satisfies(id, peer)) this.#hasLatePeer = true;
      }
    }
    return await this.#entryOf(await packages.files(id), wanted.subpath, kind);
  }

  async #entryOf(files: PackageFiles, subpath: string, kind: ImportKind): Promise<Resolved> {
    refuseNative(files);
    // A CDN serves any file of a package, and so do the addresses that stand for it.
    const path = await files.entry(subpath, kind) ?? (subpath ? files.file(subpath) : undefined);
    if (path !== undefined) return fileOf(files, path);
    if (!subpath && files.manifest.types) return { kind: "empty", path: files.id };
    throw new SourceError(
      `npm:${files.id} has no ${subpath ? `module ${JSON.stringify(subpath)}` : "main module"}`,
    );
  }

  async #fromPackage(
    specifier: string,
    importer: string,
    kind: ImportKind,
  ): Promise<Resolved | undefined> {
    const { packages } = this.#options;
    const { id, path } = partsOf(importer);
    const files = await packages.files(id);
    if (specifier.startsWith("data:")) return { kind: "remote", path: specifier };
    if (/^https?:/.test(specifier)) return await this.#remote(specifier, kind);
    if (/^\.{0,2}(\/|$)/.test(specifier)) {
      const found = files.file(`${urlDirname(path)}/${specifier}`);
      if (found !== undefined) return fileOf(files, found);
      if (kind === "require") return undefined;
      throw new SourceError(`npm:${id}/${path} imports ${specifier}, which the package lacks`);
    }
    const wanted = packageSpecifier(specifier);
    if (wanted) {
      const found = await packages.tree.resolve(wanted.name, wanted.range);
      return await this.#entryOf(await packages.files(found), wanted.subpath, kind);
    }
    if (specifier.startsWith("#")) {
      const target = await files.internal(specifier, kind);
      if (target === undefined) throw new SourceError(`npm:${id} has no ${specifier}`);
      const isFile = files.bytes(target) !== undefined;
      if (isFile) return fileOf(files, target);
      return await this.#fromPackage(target, importer, kind);
    }
    const node = nodeModule(specifier);
    if (node) {
      return lackOf(node)
        ? { kind: "lacking", path: `${node} npm:${id}` }
        : { kind: "given", path: node };
    }
    return await this.#dependency(specifier, files, kind);
  }

  async #dependency(
    specifier: string,
    importer: PackageFiles,
    kind: ImportKind,
  ): Promise<Resolved | undefined> {
    const { packages } = this.#options;
    const { name, subpath } = bareSpecifier(specifier) ?? { name: specifier, subpath: "" };
    const { manifest } = importer;
    const own = manifest.name === name ? importer.id : undefined;
    const id = own ?? await this.#peer(name, importer) ??
      packages.tree.dependency(importer.id, name);
    if (id) {
      const found = packages.files(id).then((files) => this.#entryOf(files, subpath, kind));
      const isOptional = kind !== "import" &&
        Object.hasOwn(manifest.optionalDependencies ?? {}, name);
      // Native code, say: packages look whether it is there.
      return await (isOptional ? found.catch(() => undefined) : found);
    }
    if (kind === "require") return undefined;
    const other = packages.tree.anyOf(name);
    if (other) return await this.#entryOf(await packages.files(other), subpath, kind);
    if (kind === "dynamic-import") return undefined;
    throw new SourceError(
      `npm:${importer.id} imports ${specifier} without having it as a dependency`,
      { hint: `Import npm:${name} in the function, or another version of ${importer.id}.` },
    );
  }

  /** What the function imports itself, where a package has it as a peer. */
  async #peer(name: string, { id, manifest }: PackageFiles): Promise<string | undefined> {
    const range = manifest.peerDependencies?.[name];
    if (range === undefined || Object.hasOwn(manifest.dependencies ?? {}, name)) return undefined;
    const peer = { name, range, found: this.#options.packages.tree.dependency(id, name) };
    for (const own of this.#own) if (await satisfies(own, peer)) return own;
    this.#unmet.push(peer);
  }

  #addressOf({ kind, path }: Importer): string {
    return kind === "remote" ? path : toFileUrl(this.absolute(path)).href;
  }
}

/** The package and path of `NAME@VERSION/path`. */
export function partsOf(module: string): { id: string; path: string } {
  const slash = module.indexOf("/", module.startsWith("@") ? module.indexOf("/") + 1 : 0);
  return { id: module.slice(0, slash), path: module.slice(slash + 1) };
}

/** Whether `NAME@VERSION` will do as a peer. */
async function satisfies(id: string, { name, range }: Peer): Promise<boolean> {
  if (!id.startsWith(`${name}@`)) return false;
  const { default: semver } = await import("semver");
  return semver.satisfies(id.slice(name.length + 1), range);
}

function fileOf(files: PackageFiles, path: string): Resolved {
  if (path.endsWith(".node")) throw native(files, path);
  return {
    kind: "npm",
    path: `${files.id}/${path}`,
    isPure: files.manifest.sideEffects === false,
  };
}

/** Packages that load compiled code for others. */
const NATIVE_LOADERS = ["bindings", "node-gyp-build", "node-pre-gyp", "@mapbox/node-pre-gyp"];

function refuseNative(files: PackageFiles): void {
  const { gypfile, binary, scripts, dependencies = {}, optionalDependencies = {} } = files.manifest;
  const loader = NATIVE_LOADERS.find((name) => Object.hasOwn(dependencies, name));
  const platform = Object.keys(optionalDependencies).find(isForPlatform);
  const isBuilt = gypfile || binary || /node-gyp|prebuild/.test(scripts?.install ?? "");
  if (loader || platform || isBuilt) throw native(files, platform ?? loader);
}

function native({ id }: PackageFiles, part?: string): SourceError {
  return new SourceError(
    `npm:${id} needs native code${part ? ` (${part})` : ""}, which edge functions cannot load`,
    { hint: "Choose a package of plain JavaScript or WebAssembly." },
  );
}

function shown({ kind, path }: Importer): string {
  return kind === "npm" ? `npm:${path}` : path;
}
