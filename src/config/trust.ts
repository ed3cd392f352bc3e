/**
 * Whose a folder is. What another user can fill decides nothing here: neither where requests go nor
 * whose key they carry. As with git's `safe.directory`, a user can say which folders are safe.
 */
import { DELIMITER, dirname, join } from "@std/path";
import { environmentVariable } from "../core/environment.ts";
import { FileError } from "../core/errors.ts";
import { readGlobalConfigSync } from "./global.ts";

const VARIABLE = "INSFORGE_SAFE_DIRECTORY";

/**
 * Why a folder or the files in it are not trusted, in the words that follow its name; undefined
 * where they are the caller's or root's own and nobody else can write them. Windows tells no owner.
 */
export function distrustOf(folder: string, files: readonly string[] = []): string | undefined {
  for (const name of ["", ...files]) {
    const info = lookAt(join(folder, name));
    if (!info) continue;
    const what = name === "" ? "" : `${name} in it `;
    const { mode } = info;
    if (isForeign(info)) return `${what}belongs to another user`;
    if (mode !== null && Deno.build.os !== "windows" && (mode & 0o002) !== 0) {
      return `${what}can be written by every user`;
    }
  }
  return undefined;
}

/** Whether a file belongs to another user. */
export function isForeign({ uid }: Pick<Deno.FileInfo, "uid">): boolean {
  return uid !== null && !owners().includes(uid);
}

/** Whether the user said that a folder, or the one that it is in, is safe. */
export function isSafe(folder: string, globalFolder: string | undefined): boolean {
  const { safe_directories = [] } = readGlobalConfigSync(globalFolder);
  const named = environmentVariable(VARIABLE)?.split(DELIMITER) ?? [];
  const places = [folder, dirname(folder), "*"];
  return [...named, ...safe_directories].some((safe) => places.includes(safe));
}

/** How to trust a folder, for errors. */
export function howToTrust(folder: string): string {
  return `If you trust it, set ${VARIABLE}=${folder}, or list it under "safe_directories" in ` +
    "~/.insforge/config.json.";
}

/** @throws {FileError} for a folder that somebody else can have filled */
export function requireTrusted(
  folder: string,
  files: readonly string[],
  globalFolder: string | undefined,
): void {
  const why = distrustOf(folder, files);
  if (why === undefined || isSafe(folder, globalFolder)) return;
  throw new FileError(`${folder} is not used: ${why}. Nothing was done.`, {
    hint: howToTrust(folder),
  });
}

/** The caller, root, and whoever called as root through sudo. */
function owners(): number[] {
  const sudo = Number(environmentVariable("SUDO_UID") ?? NaN);
  const caller = Deno.uid();
  const isSudo = caller === 0 && Number.isInteger(sudo);
  return [0, ...(caller === null ? [] : [caller]), ...(isSudo ? [sudo] : [])];
}

/** What lies at a path, if anything can be seen there. */
export function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}
