/** Where the files of an invocation really are: links are resolved first, then granted. */
import { dirname, fromFileUrl, join, relative } from "@std/path";
import { programPlaces } from "../../core/program_files.ts";
import { isPipeOrDevice } from "../../files/file_kind.ts";
import { privateNameIn } from "../../files/private_names.ts";
import { isWithin, leadsOut, leadsTo, placeWithin, realPlace } from "../../files/real_path.ts";
import { absolutePath } from "../../files/typed_path.ts";
import type { LaunchFacts } from "../launch_facts.ts";

/** The folders that belong to an invocation: real paths. */
type Folders = Pick<LaunchFacts, "cwd" | "projectRoot">;

/** A path that is granted. */
export interface Place {
  /** As it was typed or declared, absolute. */
  readonly name: string;
  /** With links resolved. */
  readonly path: string;
}

/**
 * The place of a path that was typed. What is typed below the project must really be there; what is
 * typed elsewhere, and what is written, must really be in the folder that the path names.
 * @throws {UsageError} for an empty path @throws {FileError} for a link that leads elsewhere
 */
export function typedPlace(launch: Folders, path: string, access: "read" | "write"): Place {
  const name = absolutePath(launch.cwd, path);
  const home = homeOf(launch, name);
  if (name === home) return { name, path: name };
  if (home === undefined && isStream(name)) return { name, path: name };
  const folder = home === undefined ? realPlace(dirname(name)) : placeWithin(home, dirname(name));
  const root = access === "read" && home !== undefined ? home : folder;
  const place = name === root ? name : realPlace(name);
  if (!isWithin(root, place)) throw leadsOut(name, place, root);
  const isLink = place !== join(folder, name.slice(dirname(name).length));
  if (isLink && privateNameIn(relative(root, place))) throw leadsTo(name, place);
  return { name, path: place };
}

/** The place of a file that a command looks for by itself below the project. @throws {FileError} */
export function ownPlace(launch: Folders, name: string): Place {
  return { name, path: placeWithin(homeOf(launch, name) ?? dirname(name), name) };
}

/** {@link ownPlace} of what a command can do without: a link that leads elsewhere gets no grant. */
export function ownPlaceIfAny(launch: Folders, name: string): Place[] {
  try {
    return [ownPlace(launch, name)];
  } catch {
    return [];
  }
}

/** The place of a file that is the user's own or the program's, wherever it leads. */
export function anyPlace(name: string): Place {
  return { name, path: realPlace(name) };
}

/** All that the program carries. */
export function ownProgram(): Place[] {
  return programPlaces().map((place) =>
    anyPlace(place instanceof URL ? fromFileUrl(place) : place)
  );
}

/** The folder of the project, or where the command runs, when a path is below it. */
function homeOf({ projectRoot, cwd }: Folders, name: string): string | undefined {
  return [projectRoot, cwd].find((folder) => isWithin(folder, name));
}

/** A pipe that a shell made, such as /dev/fd/63, has a name that leads to no path. */
function isStream(path: string): boolean {
  try {
    return isPipeOrDevice(Deno.statSync(path));
  } catch {
    return false;
  }
}
