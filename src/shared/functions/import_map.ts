import { dirname, join, toFileUrl } from "@std/path";
import { FileError } from "../../core/errors.ts";
import { isWithin, placeWithin } from "../../files/real_path.ts";

/** The names that a function's `deno.json` gives to modules. */
export interface ImportMap {
  /** The file that holds it, absolute. */
  readonly file?: string;
  /** What a name stands for; most stand for themselves. */
  resolve(specifier: string): string;
}

/**
 * Reads the `imports` of the nearest `deno.json` from a source file upwards, as far as files may be
 * read. One that is no JSON counts as absent: Deno itself says what is wrong with it.
 * @throws {FileError} for one that is a link out of `root`
 */
export async function readImportMap(source: string, root: string): Promise<ImportMap> {
  for (let folder = dirname(source);; folder = dirname(folder)) {
    const file = join(folder, "deno.json");
    try {
      const place = isWithin(root, file) ? placeWithin(root, file) : file;
      const { imports = {} } = JSON.parse(await Deno.readTextFile(place));
      return { file, resolve: (specifier) => resolveIn(imports, file, specifier) };
    } catch (error) {
      if (error instanceof FileError) throw error;
      const isHigher = error instanceof Deno.errors.NotFound && dirname(folder) !== folder;
      if (!isHigher) return { resolve: (specifier) => specifier };
    }
  }
}

function resolveIn(imports: Record<string, string>, file: string, specifier: string): string {
  const key = Object.keys(imports)
    .filter((key) => key === specifier || (key.endsWith("/") && specifier.startsWith(key)))
    .sort((a, b) => b.length - a.length)[0];
  if (key === undefined) return specifier;
  const target = imports[key] + specifier.slice(key.length);
  return /^\.\.?\//.test(target) ? new URL(target, toFileUrl(file)).href : target;
}
