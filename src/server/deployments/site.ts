import type { Content, ManifestEntry } from "../../shared/contract/deployments.ts";
import type { Objects } from "./objects.ts";
import { NO_CONFIG, parseVercelConfig, type SiteConfig } from "./vercel_config.ts";

/** A deployment as visitors see it. Its files are those of the manifest and no others. */
export interface Site {
  readonly id: string;
  /** Contents by path, without a leading slash. */
  readonly files: ReadonlyMap<string, Content>;
  readonly config: SiteConfig;
}

/** Builds the site of a deployment; @throws {Error} when its `vercel.json` cannot be understood */
export async function loadSite(
  id: string,
  files: readonly ManifestEntry[],
  objects: Objects,
): Promise<Site> {
  const configFile = files.find(({ path }) => path === "vercel.json");
  const config = configFile ? parseVercelConfig(await objects.text(configFile.sha)) : NO_CONFIG;
  const prefix = config.outputDirectory === "" ? "" : `${config.outputDirectory}/`;
  const shown = files
    .filter(({ path }) => path.startsWith(prefix) && path !== "vercel.json")
    .map(({ path, sha, size }) => [path.slice(prefix.length), { sha, size }] as const);
  return { id, files: new Map(shown), config };
}
