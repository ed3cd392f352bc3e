import type { Timer } from "../../core/timer.ts";
import { programPlaces, workerModule } from "../../core/program_files.ts";
import { SourceError } from "../../shared/bundling/source_error.ts";
import { ContentCache } from "../../shared/packages/content_cache.ts";
import type { PackagesOptions } from "../../shared/packages/open_packages.ts";

/** Where packages come from. */
export type PackageSettings = Pick<PackagesOptions, "config" | "cacheFolder">;

/** What the thread is asked for. */
export interface BundleOrder {
  /** The name that messages and stacks give to the source. */
  readonly name: string;
  readonly source: string;
  readonly packages: PackageSettings;
}

export type BundleAnswer = { readonly code: string } | { readonly message: string };

/** Milliseconds without work after which the thread ends: the bundler keeps much memory. */
const IDLE_MS = 30_000;

/** Bundles sources that came by themselves, one at a time, in a thread of its own. */
export class BundleThread {
  readonly #packages: PackageSettings;
  readonly #version: string;
  readonly #cache: ContentCache;
  #worker: Worker | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: Timer | undefined;

  /** @param version of this program: another one may bundle otherwise */
  constructor(packages: PackageSettings, version: string) {
    this.#packages = packages;
    this.#version = version;
    this.#cache = new ContentCache(packages.cacheFolder && `${packages.cacheFolder}/bundles`);
  }

  /** @throws {SourceError} */
  async bundle(name: string, source: string): Promise<string> {
    // Another project's registries may serve something else by the same names.
    const { registry, scopes } = this.#packages.config;
    const key = JSON.stringify([this.#version, registry, scopes, name, source]);
    const kept = await this.#cache.readNamed(key);
    if (kept) return kept;
    const turn = this.#turn.then(() => this.#ask({ name, source, packages: this.#packages }));
    this.#turn = turn.catch(() => {});
    const answer = await turn;
    if ("message" in answer) throw new SourceError(answer.message);
    await this.#cache.writeNamed(key, answer.code);
    return answer.code;
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ask(order: BundleOrder): Promise<BundleAnswer> {
    clearTimeout(this.#idle);
    const worker = this.#worker ??= new Worker(
      workerModule("src/server/functions/bundle_worker"),
      {
        type: "module",
        name: "bundler",
        deno: { permissions: bundlerPermissions(this.#packages) },
      },
    );
    try {
      return await new Promise<BundleAnswer>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<BundleAnswer>) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          this.close();
          reject(new Error(event.message));
        };
        worker.postMessage(order);
      });
    } finally {
      this.#idle = setTimeout(() => this.close(), IDLE_MS);
      Deno.unrefTimer(this.#idle);
    }
  }
}

/**
 * What the thread may touch, which reads what strangers wrote: the cache, the program that carries
 * the bundler, and the hosts of modules.
 */
export function bundlerPermissions(
  { cacheFolder, config }: PackageSettings,
): Deno.PermissionOptionsObject {
  const cache = cacheFolder ? [cacheFolder] : [];
  const { certificates } = config;
  return {
    read: [...programPlaces(), ...cache, ...(certificates ? [certificates] : [])],
    write: cache,
    net: "inherit",
    env: false,
    run: false,
    ffi: false,
    sys: false,
    import: false,
  };
}
