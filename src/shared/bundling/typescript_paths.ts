/** The `paths` of the nearest `tsconfig.json`, which sources above a function may import by. */
import { dirname, join } from "@std/path";
import { localModule } from "./local_module.ts";
import type { ProjectFiles } from "./project_files.ts";

interface TypeScriptConfig {
  readonly extends?: string | readonly string[];
  readonly compilerOptions?: {
    readonly baseUrl?: string;
    readonly paths?: Readonly<Record<string, readonly string[]>>;
  };
}

/** Patterns, and the folder that what they stand for is relative to. */
interface Paths {
  readonly base: string;
  readonly patterns: Readonly<Record<string, readonly string[]>>;
}

/** Configurations that extend others, at most so many of them. */
const MOST_BASES = 8;

/** The file that an import means by the configuration of its importer, absolute. */
export async function resolveByPaths(
  files: ProjectFiles,
  specifier: string,
  importer: string,
): Promise<string | undefined> {
  for (const folder of files.foldersUpFrom(dirname(importer))) {
    const file = join(folder, "tsconfig.json");
    if (await files.json(file) === undefined) continue;
    const paths = await pathsOf(files, file, MOST_BASES);
    return paths && await matching(files, paths, specifier);
  }
}

/** What a configuration says, or the first of those that it extends. */
async function pathsOf(
  files: ProjectFiles,
  file: string,
  depth: number,
): Promise<Paths | undefined> {
  const config = await files.json<TypeScriptConfig>(file);
  if (!config || depth === 0) return undefined;
  const { baseUrl, paths } = config.compilerOptions ?? {};
  if (paths) return { base: join(dirname(file), baseUrl ?? "."), patterns: paths };
  // The last one wins, and packages of npm that hold configurations name no paths of the project.
  for (const base of [config.extends ?? []].flat().reverse()) {
    if (!/^\.{1,2}\//.test(base)) continue;
    const other = join(dirname(file), /\.json$/.test(base) ? base : `${base}.json`);
    const found = await pathsOf(files, other, depth - 1);
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
  for (const target of patterns[best.pattern] ?? []) {
    const file = await localModule(files, join(base, target.replace("*", () => best.middle)));
    if (file) return file;
  }
}
