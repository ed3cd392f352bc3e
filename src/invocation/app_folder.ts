/** Where the app is that a command is about. */
import { dirname, join } from "@std/path";
import { isThere } from "../files/real_path.ts";

/**
 * The folder of the app that the working directory is in: the nearest one upwards that has a
 * `package.json`, not above the project; else the project's.
 */
export function appFolder(
  { cwd, projectRoot }: { readonly cwd: string; readonly projectRoot: string },
): string {
  for (let folder = cwd;; folder = dirname(folder)) {
    if (folder === projectRoot || isThere(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) return projectRoot;
  }
}
