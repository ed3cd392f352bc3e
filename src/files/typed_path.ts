/** Paths that people type, and where they lead. */
import { resolve } from "@std/path";
import { UsageError } from "../core/errors.ts";

/** What the launcher knows of paths. */
export interface TypedPaths {
  /** The absolute working directory. */
  readonly cwd: string;
  /** The real paths, by the absolute paths that were typed, where these differ. */
  readonly places?: Readonly<Record<string, string>>;
}

/**
 * The absolute path of what was typed; one that is empty would be the working directory.
 * @throws {UsageError}
 */
export function absolutePath(cwd: string, path: string): string {
  if (path === "") {
    throw new UsageError("A path is empty.", {
      hint: "Name a file or folder, or . for the working directory.",
    });
  }
  return resolve(cwd, path);
}

/**
 * The real path of what was typed, which is what the sandbox has a grant for.
 * @throws {UsageError}
 */
export function placeOf({ cwd, places }: TypedPaths, path: string): string {
  const typed = absolutePath(cwd, path);
  return places && Object.hasOwn(places, typed) ? places[typed]! : typed;
}
