import { shellWord } from "../../core/shell_word.ts";
import type { ManifestEntry } from "../../shared/contract/deployments.ts";
import type { Objects } from "./objects.ts";
import { loadSite } from "./site.ts";

/** Why a deployment cannot become a site; shown as its failure. */
export class BuildError extends Error {
  override name = "BuildError";

  constructor(readonly code: string, message: string) {
    super(message);
  }
}

/** The folders of static files that tools make where nobody tells them another one, and when. */
const BUILD_FOLDERS: readonly (readonly [tool: RegExp, folder: string, condition?: string])[] = [
  [/\bnext build\b/, "./out", 'Next.js makes it where its configuration says `output: "export"`.'],
  [/\b(react-scripts|craco|docusaurus) build\b/, "./build"],
  [/\bnuxt (build|generate)\b/, "./.output/public"],
  [/\bgatsby build\b/, "./public"],
  [/\beleventy\b/, "./_site"],
];

/**
 * Decides whether files can be served as they are: this backend runs no builds. Answers the parts
 * of `vercel.json` that it does not follow.
 * @throws {BuildError}
 */
export async function checkServable(
  files: readonly ManifestEntry[],
  objects: Objects,
): Promise<readonly string[]> {
  if (files.length === 0) throw new BuildError("EMPTY", "The deployment holds no files.");
  const { config, files: shown } = await loadSite("", files, objects).catch((error) => {
    throw new BuildError("INVALID_CONFIG", `vercel.json cannot be used: ${error.message}.`);
  });
  const manifest = files.find(({ path }) => path === "package.json");
  const script = manifest && buildScript(await objects.text(manifest.sha));
  if (script !== undefined) {
    const [, folder = "./dist", condition] = BUILD_FOLDERS.find(([tool]) => tool.test(script)) ??
      [];
    throw new BuildError(
      "BUILD_NOT_SUPPORTED",
      `package.json has a build script (${script}), and the local backend serves files without ` +
        "building them. Build the site first and deploy the folder that this makes, such as " +
        `\`insforge deployments deploy ${shellWord(config.outputDirectory || folder)}\`.` +
        (condition ? ` ${condition}` : ""),
    );
  }
  if (shown.size === 0) {
    throw new BuildError(
      "NO_OUTPUT",
      `vercel.json says that the site is in ${config.outputDirectory}, where the deployment ` +
        "holds no files.",
    );
  }
  return config.notFollowed;
}

function buildScript(text: string): string | undefined {
  try {
    const script: unknown = JSON.parse(text)?.scripts?.build;
    return typeof script === "string" && script.trim() !== "" ? script : undefined;
  } catch {
    return undefined;
  }
}
