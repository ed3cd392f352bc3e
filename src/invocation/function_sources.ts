/** Where the sources of functions are, for the grants and for the commands that read them. */
import { dirname, join } from "@std/path";
import { isThere, isWithin } from "../files/real_path.ts";
import { functionsFolder, projectFile } from "../config/paths.ts";
import { MANIFESTS } from "../shared/bundling/manifests.ts";
import type { NpmSurroundings } from "../shared/packages/npm_config.ts";
import type { LaunchFacts } from "./launch_facts.ts";

/**
 * The folder of the functions: the nearest that is there from the working directory upwards, within
 * the project; else where it would be made.
 */
export function ownFunctionsFolder(launch: LaunchFacts): string {
  const root = sourceRoot(launch);
  for (let folder = launch.cwd;; folder = dirname(folder)) {
    const found = functionsFolder(folder);
    if (isThere(found)) return found;
    if (folder === root || dirname(folder) === folder) return functionsFolder(launch.cwd);
  }
}

/**
 * What a function's source may import from: the linked directory or repository that holds it, else
 * the nearest folder that says something of its modules.
 */
export function sourceRoot(launch: LaunchFacts, path: string = join(launch.cwd, "x")): string {
  const home = launch.globalFolder && dirname(launch.globalFolder);
  const above = (folder: string, marks: readonly string[]) => rootAbove(folder, marks, home);
  const own = launch.project.project ? launch.projectRoot : above(launch.cwd, ROOTS) ?? launch.cwd;
  if (isWithin(own, path)) return own;
  const folder = dirname(path);
  return above(folder, ROOTS) ?? above(folder, MANIFESTS) ?? folder;
}

/** What the root of a project has. */
const ROOTS = [projectFile("."), ".git"];

/** The lock file of the functions. */
export function functionsLock(launch: LaunchFacts): string {
  return join(ownFunctionsFolder(launch), "deno.lock");
}

/** Where npm's configuration is looked for. */
export function npmSurroundings(
  { cwd, projectRoot, globalFolder }: LaunchFacts,
  env: NpmSurroundings["env"],
): NpmSurroundings {
  return {
    folders: [...new Set([cwd, projectRoot])],
    home: globalFolder && dirname(globalFolder),
    env,
  };
}

/** A whole home is nobody's project, even where it is kept in Git. */
function rootAbove(
  start: string,
  marks: readonly string[],
  home: string | undefined,
): string | undefined {
  for (let folder = start;; folder = dirname(folder)) {
    if (folder === home) return undefined;
    if (marks.some((mark) => isThere(join(folder, mark)))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
