/** Whose PostgreSQL a local backend runs on, and whose store its objects are in. */
import { join } from "@std/path";
import { FileError } from "../core/errors.ts";
import { isThere } from "../files/real_path.ts";
import { STATE_FILES } from "../shared/contract/state.ts";
import { isTrackedBelow } from "./git_index.ts";

/** What makes a data directory one of another PostgreSQL than PGlite, or of another store. */
const MARKS = [STATE_FILES.engine, STATE_FILES.objects, `${STATE_FILES.cluster}/PG_VERSION`];

/**
 * Refuses a data directory whose engine came with a repository, and a folder with copies of one. A
 * cluster's configuration names commands that PostgreSQL runs, the states addresses where the data
 * go: what somebody committed decides neither.
 * @throws {FileError}
 */
export function requireOwnEngine(folder: string): void {
  const isPglite = isThere(join(folder, STATE_FILES.lock)) &&
    !MARKS.some((mark) => isThere(join(folder, mark)));
  if (!isThere(folder) || isPglite) return;
  const found = MARKS.find((mark) => isTrackedBelow(folder, mark));
  if (!found) return;
  throw new FileError(
    `${folder} is not used: ${found} in it came with this repository. Nothing was done.`,
    { hint: "Look what it is, and remove it; or choose another folder with --data-dir." },
  );
}
