/** Hosts that a repository chose and its users were told of: `~/.insforge/hosts.json`. */
import { dirname, join, relative, SEPARATOR } from "@std/path";
import { writeFileAtomicallySync } from "../files/atomic.ts";
import { readJsonFileSync } from "../files/json_file.ts";
import { hostsFile, projectFile } from "./paths.ts";

/**
 * The host of a link that came with its repository, unless the user was told of it before. Needs
 * the launcher's permissions; never fails.
 */
export function untoldHost(
  root: string,
  address: string | undefined,
  globalFolder: string | undefined,
): string | undefined {
  const host = address === undefined ? undefined : URL.parse(address)?.host;
  if (!host || (globalFolder && told(globalFolder).includes(host))) return undefined;
  return isTracked(projectFile(root)) ? host : undefined;
}

/** Keeps that the user was told; what cannot be kept is told again. */
export function rememberHost(globalFolder: string, host: string, token: string): void {
  try {
    const text = JSON.stringify({ told: [...told(globalFolder), host] }, null, 2);
    writeFileAtomicallySync(hostsFile(globalFolder), text, token);
  } catch {
    // There is no home, or no room.
  }
}

function told(globalFolder: string): string[] {
  try {
    const { told } = readJsonFileSync(hostsFile(globalFolder)) ?? {};
    return Array.isArray(told) ? told.filter((host) => typeof host === "string") : [];
  } catch {
    return [];
  }
}

/** Whether git's index of the repository that a file is in knows the file. */
function isTracked(path: string): boolean {
  for (let folder = dirname(path);; folder = dirname(folder)) {
    const index = indexOf(join(folder, ".git"));
    if (index) return holds(index, relative(folder, path).replaceAll(SEPARATOR, "/"));
    if (dirname(folder) === folder) return false;
  }
}

/** The index behind a `.git`, which in a worktree is a file that names the folder. */
function indexOf(git: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(join(git, "index"));
  } catch {
    try {
      const [, folder] = /^gitdir: (.+)$/m.exec(Deno.readTextFileSync(git)) ?? [];
      return folder === undefined
        ? undefined
        : Deno.readFileSync(join(folder.startsWith("/") ? "" : dirname(git), folder, "index"));
    } catch {
      return undefined;
    }
  }
}

/**
 * Names end with NUL in the index. Its fourth version leaves out what a name has in common with
 * the one before it: there the last part says enough.
 */
function holds(index: Uint8Array, name: string): boolean {
  const version = new DataView(index.buffer, index.byteOffset).getUint32(4);
  const wanted = version < 4 ? name : name.split("/").at(-1)!;
  return new TextDecoder("latin1").decode(index).includes(`${wanted}\0`);
}
