import type { ContentCache } from "./content_cache.ts";
import { recordOf, textsOf } from "../../core/shapes.ts";
import type { Downloader } from "./download.ts";
import { PackageError } from "./errors.ts";
import { type NpmConfig, registryOf } from "./npm_config.ts";
import { hasIntegrity } from "./content_cache.ts";

/** What a registry says of one version of a package. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly deprecated?: unknown;
  readonly dist: {
    readonly tarball: string;
    readonly integrity?: string;
    readonly shasum?: string;
  };
}

/** What a registry says of a package. */
export interface Packument {
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, Manifest>>;
}

/** The short form, where a registry knows it. */
const ACCEPT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";
/** What becomes part of addresses and lock files. */
const VERSION = /^\d+\.\d+\.\d+[\w.+-]*$/;
const PUBLIC = "https://registry.npmjs.org";

/** The registries of npm's configuration: what packages there are, and their archives. */
export class Registry {
  readonly #config: NpmConfig;
  readonly #cache: ContentCache;
  readonly #downloader: Downloader;
  readonly #packuments = new Map<string, Promise<Packument>>();

  constructor(config: NpmConfig, cache: ContentCache, downloader: Downloader) {
    this.#config = config;
    this.#cache = cache;
    this.#downloader = downloader;
  }

  /**
   * All versions of a package; what was seen last where it cannot be asked. @throws {PackageError}
   */
  packument(name: string): Promise<Packument> {
    let found = this.#packuments.get(name);
    if (!found) this.#packuments.set(name, found = this.#fetchPackument(name));
    return found;
  }

  /** Where the archive of a version is, unless the registry says otherwise. */
  usualTarball(name: string, version: string): string {
    return `${registryOf(this.#config, name)}/${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
  }

  /** Where an archive is: mirrors often pass on the addresses of the registry that they mirror. */
  tarballOf(name: string, { dist }: Manifest): string {
    const registry = registryOf(this.#config, name);
    return dist.tarball.startsWith(`${PUBLIC}/`)
      ? registry + dist.tarball.slice(PUBLIC.length)
      : dist.tarball;
  }

  /** An archive whose integrity is known, from the cache where it is. @throws {PackageError} */
  async archive(id: string, url: string, integrity: string): Promise<Uint8Array<ArrayBuffer>> {
    const kept = await this.#cache.read(integrity);
    if (kept) return kept;
    const { bytes } = await this.#downloader.get(url);
    if (!await hasIntegrity(bytes, integrity)) {
      throw new PackageError(`npm:${id} is not what its integrity says: ${integrity}.`, {
        hint: "Remove insforge/functions/deno.lock if the package was published anew on purpose.",
      });
    }
    await this.#cache.write(integrity, bytes);
    return bytes;
  }

  async #fetchPackument(name: string): Promise<Packument> {
    const url = `${registryOf(this.#config, name)}/${name.replace("/", "%2f")}`;
    try {
      const { bytes } = await this.#downloader.get(url, ACCEPT);
      const packument = packumentOf(name, bytes);
      await this.#cache.writeNamed(url, JSON.stringify(packument));
      return packument;
    } catch (error) {
      const kept = await this.#cache.readNamed(url);
      if (kept) return JSON.parse(kept);
      throw error;
    }
  }
}

/** What is needed of a document that can have megabytes. @throws {PackageError} for another one */
function packumentOf(name: string, bytes: Uint8Array): Packument {
  const { versions, "dist-tags": tags } = recordOf(jsonOf(bytes));
  const found = Object.entries(recordOf(versions)).flatMap(([version, described]) => {
    const manifest = VERSION.test(version) && manifestOf(recordOf(described));
    return manifest ? [[version, manifest] as const] : [];
  });
  if (found.length > 0) return { "dist-tags": textsOf(tags), versions: Object.fromEntries(found) };
  throw new PackageError(`The registry names no version of npm:${name}.`, {
    hint: "Check the name, and the registry in .npmrc.",
  });
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function manifestOf(described: Readonly<Record<string, unknown>>): Manifest | undefined {
  const { tarball, integrity, shasum } = textsOf(described.dist);
  if (tarball === undefined) return undefined;
  const optional = Object.entries(recordOf(described.peerDependenciesMeta))
    .filter(([, meta]) => recordOf(meta).optional === true);
  return {
    dependencies: textsOf(described.dependencies),
    peerDependencies: textsOf(described.peerDependencies),
    peerDependenciesMeta: Object.fromEntries(optional.map(([name]) => [name, { optional: true }])),
    optionalDependencies: textsOf(described.optionalDependencies),
    deprecated: described.deprecated ? true : undefined,
    dist: { tarball, integrity, shasum: /^[0-9a-f]{40}$/i.test(shasum ?? "") ? shasum : undefined },
  };
}
