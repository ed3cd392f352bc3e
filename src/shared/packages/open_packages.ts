import { join } from "@std/path";
import { ContentCache } from "./content_cache.ts";
import { downloader } from "./download.ts";
import { Lock } from "./lock_file.ts";
import type { NpmConfig } from "./npm_config.ts";
import { PackageSource } from "./package_source.ts";
import { Registry } from "./registry.ts";

export interface PackagesOptions {
  readonly config: NpmConfig;
  /** The user's cache folder of this program; without one nothing is kept. */
  readonly cacheFolder?: string;
  readonly lock?: Lock;
  /** Whether nothing may be fetched. */
  readonly isOffline?: boolean;
  readonly signal?: AbortSignal;
}

/** The packages and modules that functions may import, over the user's cache. */
export function openPackages(
  { config, cacheFolder, lock = new Lock(), isOffline = false, signal }: PackagesOptions,
): PackageSource {
  const cache = new ContentCache(cacheFolder && join(cacheFolder, "packages"));
  const requests = downloader(config, { isOffline, signal });
  return new PackageSource({
    registry: new Registry(config, cache, requests),
    cache,
    downloader: requests,
    lock,
  });
}
