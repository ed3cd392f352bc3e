/** Which link is a directory's own. */
import { dirname } from "@std/path";
import { isThere } from "../files/real_path.ts";
import { projectFile, projectFolder } from "./paths.ts";
import { distrustOf, howToTrust, isSafe } from "./trust.ts";

/** What looking upwards from a directory came to. */
export interface Search {
  /** The directory whose `.insforge` folder holds the link. */
  readonly root?: string;
  /** A link that was found and does not count: one sentence that says which, and why. */
  readonly passedOver?: string;
}

/**
 * Looks for `.insforge/project.json` from `start` upwards: no further than the root of the
 * repository and the home folder, and never into what another user can have made.
 */
export function searchProject(start: string, home?: string): Search {
  let beyond: string | undefined;
  for (let folder = start;; folder = dirname(folder)) {
    if (isThere(projectFile(folder))) {
      if (beyond) return { passedOver: passedOver(folder, beyond) };
      const link = projectFolder(folder);
      const why = folder === start ? undefined : distrustOf(link, ["project.json"]);
      if (why === undefined || isSafe(link, home && projectFolder(home))) return { root: folder };
      return { passedOver: `${passedOver(folder, `it ${why}`)} ${howToTrust(link)}` };
    }
    if (isThere(`${folder}/.git`)) beyond ??= `it is above the repository in ${folder}`;
    if (folder === home) beyond ??= "it is above your home folder";
    if (dirname(folder) === folder) return {};
  }
}

function passedOver(folder: string, why: string): string {
  return `The link in ${folder} is not used: ${why}.`;
}
