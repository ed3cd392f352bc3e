/** Whose keys, PostgreSQL and store of objects a local backend has. */
import { FileError } from "../core/errors.ts";
import { PACK_INDEX } from "../files/pack.ts";
import { isThere } from "../files/real_path.ts";
import { misshapenState, STATE_FILES } from "../shared/contract/state.ts";
import { isTracked, trackedBelow } from "./git_index.ts";
import { displacedProjectFile, parentProjectFile } from "./paths.ts";

/**
 * What opens a backend, takes its data to another PostgreSQL or a store, or is its database; what
 * all of that may be packed in; and what takes the place of it when it is there.
 */
const MARKS = [
  STATE_FILES.keys,
  STATE_FILES.engine,
  STATE_FILES.objects,
  `${STATE_FILES.cluster}/PG_VERSION`,
  `${STATE_FILES.postgres}/PG_VERSION`,
  PACK_INDEX,
  ...Object.values(STATE_FILES),
];

const REMOVE_IT = "Look what it is, and remove it; or choose another folder with --data-dir.";

/**
 * Refuses a data directory that came with a repository, and a folder with copies of one. Whoever
 * committed its keys can have any page that is looked at use them, a cluster's configuration names
 * commands that PostgreSQL runs, the states addresses where the data go, and a database has
 * functions and schedules that are handed every secret that is added to it.
 * @throws {FileError}
 */
export function requireOwnState(folder: string): void {
  if (!isThere(folder)) return;
  const found = trackedBelow(folder, MARKS);
  if (!found) return;
  throw new FileError(
    `${folder} is not used: ${found} in it came with this repository. Nothing was done.`,
    { hint: REMOVE_IT },
  );
}

/**
 * Refuses links of a project that are kept until they count again, where they came with a
 * repository: once they do, git tells them no more from the user's own.
 * @throws {FileError}
 */
export function requireOwnLinks(projectRoot: string): void {
  const kept = [displacedProjectFile(projectRoot), parentProjectFile(projectRoot)];
  const found = kept.find((path) => isThere(path) && isTracked(path));
  if (!found) return;
  throw new FileError(
    `${found} came with this repository: it may become the link of this directory. ` +
      "Nothing was done.",
    { hint: "Look where it leads, and remove it: git rm --cached takes it out of the repository." },
  );
}

/**
 * Refuses a data directory in which something is not what a local backend makes.
 * @throws {FileError}
 */
export function requireStateShape(folder: string): void {
  const found = misshapenState(folder);
  if (!found) return;
  throw new FileError(`${found.path} is ${found.is}. Nothing was done.`, { hint: REMOVE_IT });
}
