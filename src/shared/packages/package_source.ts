import type { ContentCache } from "./content_cache.ts";
import { sha256 } from "./content_cache.ts";
import type { Downloader } from "./download.ts";
import { PackageError } from "./errors.ts";
import type { Lock } from "./lock_file.ts";
import { PackageFiles } from "./package_files.ts";
import { PackageTree } from "./package_tree.ts";
import type { Registry } from "./registry.ts";

/** A module of another host. */
export interface RemoteModule {
  /** Where it was found in the end. */
  readonly url: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** All that functions may import from elsewhere, as the lock file has it. */
export class PackageSource {
  readonly tree: PackageTree;
  readonly #registry: Registry;
  readonly #cache: ContentCache;
  readonly #downloader: Downloader;
  readonly #lock: Lock;
  readonly #packages = new Map<string, Promise<PackageFiles>>();
  readonly #modules = new Map<string, Promise<RemoteModule>>();

  constructor(
    { registry, cache, downloader, lock }: {
      readonly registry: Registry;
      readonly cache: ContentCache;
      readonly downloader: Downloader;
      readonly lock: Lock;
    },
  ) {
    this.tree = new PackageTree(lock, registry);
    this.#registry = registry;
    this.#cache = cache;
    this.#downloader = downloader;
    this.#lock = lock;
  }

  /** The files of a package that the tree has named, by `NAME@VERSION`. @throws {PackageError} */
  files(id: string): Promise<PackageFiles> {
    let found = this.#packages.get(id);
    if (!found) this.#packages.set(id, found = this.#unpack(id));
    return found;
  }

  /** The module of an address. @throws {PackageError} */
  module(url: string): Promise<RemoteModule> {
    let found = this.#modules.get(url);
    if (!found) {
      found = this.#fetch(url);
      this.#modules.set(url, found);
      found.then((module) => this.#modules.set(module.url, Promise.resolve(module)), () => {});
    }
    return found;
  }

  async #unpack(id: string): Promise<PackageFiles> {
    const at = id.indexOf("@", 1);
    const locked = this.#lock.package(id);
    if (!locked) {
      throw new PackageError(`The lock file lacks npm:${id}, which one of its packages needs.`, {
        hint: "Remove insforge/functions/deno.lock: it is written anew.",
      });
    }
    const { integrity, tarball } = locked;
    const usual = this.#registry.usualTarball(id.slice(0, at), id.slice(at + 1));
    return await PackageFiles.unpack(
      id,
      await this.#registry.archive(id, tarball ?? usual, integrity),
    );
  }

  async #fetch(url: string): Promise<RemoteModule> {
    const target = this.#lock.redirectOf(url) ?? url;
    const digest = this.#lock.digestOf(target);
    const kept = digest && await this.#cache.read(integrityOf(digest));
    if (kept) return { url: target, bytes: kept };
    const { bytes, url: found } = await this.#downloader.get(target);
    const now = await sha256(bytes);
    if (digest && now !== digest) {
      throw new PackageError(`${target} is not what the lock file says: it has changed.`, {
        hint: "Name a version in the address, or remove insforge/functions/deno.lock.",
      });
    }
    if (!digest) this.#lock.addRemote(url, found, now);
    await this.#cache.write(integrityOf(now), bytes);
    return { url: found, bytes };
  }
}

function integrityOf(digest: string): string {
  return `sha256-${Uint8Array.fromHex(digest).toBase64()}`;
}
