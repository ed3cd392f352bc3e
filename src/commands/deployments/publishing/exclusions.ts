/** What is never deployed, and what a project's ignore files add to that. */
import { join } from "@std/path";
import { placeWithin } from "../../../files/real_path.ts";
import { cannotRead, readFileIfPresent } from "../../../files/read_file.ts";

/** Files of patterns in the deployed folder, in the syntax of `.gitignore`. */
const IGNORE_FILES = [".insforgeignore", ".vercelignore"];

/**
 * Left out at any depth: packages, histories, links to projects, caches, folders of agents and
 * editors, what systems leave in folders.
 */
const ANYWHERE = new Set([
  "node_modules",
  ".git",
  ".insforge",
  ".ds_store",
  ".vercel",
  ".turbo",
  ".cache",
  ".parcel-cache",
  ...[".agents", ".augment", ".claude", ".cursor", ".kilocode", ".kiro", ".qoder", ".qwen"],
  ...[".roo", ".trae", ".windsurf"],
  ...[".vscode", ".idea", ".history", "thumbs.db", "desktop.ini"],
  ...IGNORE_FILES,
]);

/** What builds make. Deeper down these are names like any other, such as `src/build`. */
const AT_THE_ROOT = new Set(["dist", "build", ".next", ".nuxt", ".output", ".svelte-kit"]);

/** Says of a path, relative and with forward slashes, whether it stays behind. */
export type Excludes = (path: string, isFolder: boolean) => boolean;

/**
 * What this program itself leaves out, by any segment of a path; `output` is the folder that
 * `vercel.json` says the site is in, which builds make and which goes up all the same.
 */
export function builtInExclusions(output: string): (path: string) => boolean {
  const [kept] = output.toLowerCase().split("/");
  return (path) => {
    const names = path.toLowerCase().split("/");
    return (AT_THE_ROOT.has(names[0]!) && names[0] !== kept) || names.some(isExcludedName);
  };
}

/** What editors keep beside a file that is changed: its earlier or unsaved text. */
const EDITORS_COPY = /~$|^\..*\.sw[a-p]$|^#.*#$|^\.#/;

function isExcludedName(name: string): boolean {
  return ANYWHERE.has(name) || name.startsWith(".env") || name.endsWith(".log") ||
    EDITORS_COPY.test(name);
}

/** The exclusions `builtIn` and those of the folder's ignore files. @throws {FileError} */
export async function readExclusions(
  root: string,
  builtIn: (path: string) => boolean,
): Promise<Excludes> {
  const texts = await Promise.all(
    IGNORE_FILES.map((name) => readIfPresent(placeWithin(root, join(root, name)))),
  );
  const patterns = texts.filter((text) => text !== undefined);
  if (patterns.length === 0) return builtIn;
  const { default: ignore } = await import("ignore");
  const matcher = ignore().add(patterns.join("\n"));
  return (path, isFolder) => builtIn(path) || matcher.ignores(isFolder ? `${path}/` : path);
}

async function readIfPresent(path: string): Promise<string | undefined> {
  return await readFileIfPresent(path).catch((error) => {
    throw cannotRead(path, error);
  });
}
