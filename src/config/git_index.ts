/** What came with a repository: git's index says so. */
import { dirname, join, relative, SEPARATOR } from "@std/path";

/** Whether git's index of the repository that a file is in knows the file. */
export function isTracked(path: string): boolean {
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
