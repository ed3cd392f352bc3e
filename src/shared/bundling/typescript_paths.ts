/** The `paths` of the nearest `tsconfig.json`, which sources above a function may import by. */
import { dirname, join } from "@std/path";
import { listOf, recordOf, textOf } from "../../core/shapes.ts";
import { localModule } from "./local_module.ts";
import type { ProjectFiles } from "./project_files.ts";

/** Patterns, and the folder that what they stand for is relative to. */
interface Paths {
  readonly base: string;
  readonly patterns: Readonly<Record<string, unknown>>;
}

/** The file that an import means by the configuration of its importer, absolute. */
export async function resolveByPaths(
  files: ProjectFiles,
  specifier: string,
  importer: string,
): Promise<string | undefined> {
  for (const folder of files.foldersUpFrom(dirname(importer))) {
    const file = join(folder, "tsconfig.json");
    if (await files.json(file) === undefined) continue;
    const paths = await pathsOf(files, file, new Set());
    return paths && await matching(files, paths, specifier);
  }
}

/** What a configuration says, or the first of those that it extends and nobody has looked at. */
async function pathsOf(
  files: ProjectFiles,
  file: string,
  seen: Set<string>,
): Promise<Paths | undefined> {
  if (seen.has(file)) return undefined;
  seen.add(file);
  const config = await files.json(file);
  if (!config) return undefined;
  const { baseUrl, paths } = recordOf(config.compilerOptions);
  if (paths) {
    return { base: join(dirname(file), textOf(baseUrl) ?? "."), patterns: recordOf(paths) };
  }
  // The last one wins, and packages of npm that hold configurations name no paths of the project.
  for (const base of listOf([config.extends].flat()).reverse()) {
    if (!/^\.{1,2}\//.test(base)) continue;
    const other = join(dirname(file), /\.json$/.test(base) ? base : `${base}.json`);
    const found = await pathsOf(files, other, seen);
    if (found) return found;
  }
}

/** The longest pattern that fits counts, and the first of its places that is there. */
async function matching(
  files: ProjectFiles,
  { base, patterns }: Paths,
  specifier: string,
): Promise<string | undefined> {
  const [best] = Object.keys(patterns).flatMap((pattern) => {
    const [head = "", tail] = pattern.split("*");
    if (tail === undefined) {
      return pattern === specifier ? [{ pattern, weight: Infinity, middle: "" }] : [];
    }
    const fits = specifier.length >= head.length + tail.length && specifier.startsWith(head) &&
      specifier.endsWith(tail);
    const middle = specifier.slice(head.length, specifier.length - tail.length);
    return fits ? [{ pattern, weight: head.length, middle }] : [];
  }).sort((a, b) => b.weight - a.weight);
  if (!best) return undefined;
  for (const target of listOf(patterns[best.pattern])) {
    const file = await localModule(files, join(base, target.replace("*", () => best.middle)));
    if (file) return file;
  }
}
