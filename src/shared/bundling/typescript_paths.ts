/** The `paths` of the nearest `tsconfig.json`, which sources above a function may import by. */
import { dirname, join } from "@std/path";
import { listOf, recordOf, textOf } from "../../core/shapes.ts";
import { localModule } from "./local_module.ts";
import type { ProjectFiles } from "./project_files.ts";
import { bareSpecifier } from "./specifiers.ts";

/** What a configuration says of names, with what it extends. */
interface Naming {
  /** The folder that all names may be relative to. */
  readonly baseUrl?: string;
  readonly paths?: {
    readonly patterns: Readonly<Record<string, unknown>>;
    /** That of the file that has them; what they stand for is relative to it without `baseUrl`. */
    readonly folder: string;
  };
}

/** Stands in what is extended for the folder of the configuration that extends it. */
const EXTENDING_FOLDER = /^\$\{configDir\}/i;

/** What of a project tells names: its files, and the members of its workspace. */
interface Project {
  readonly files: ProjectFiles;
  /** The file that a bare specifier means. @throws {SourceError} where the member lacks it */
  memberFile(specifier: string): Promise<string | undefined>;
}

/** The file that an import means by the configuration of its importer, absolute. */
export async function resolveByPaths(
  project: Project,
  specifier: string,
  importer: string,
): Promise<string | undefined> {
  const { files } = project;
  for (const folder of files.foldersUpFrom(dirname(importer))) {
    const file = join(folder, "tsconfig.json");
    if (await files.json(file) === undefined) continue;
    const place = (base: string, path: string) =>
      EXTENDING_FOLDER.test(path) ? path.replace(EXTENDING_FOLDER, () => folder) : join(base, path);
    const { baseUrl, paths } = await namingOf(project, file, place, new Set());
    for (const target of paths ? targetsOf(paths.patterns, specifier) : []) {
      const found = await localModule(files, place(baseUrl ?? paths!.folder, target));
      if (found) return found;
    }
    return baseUrl && await localModule(files, join(baseUrl, specifier));
  }
}

/** Of several that it extends the last one wins. */
async function namingOf(
  project: Project,
  file: string,
  place: (base: string, path: string) => string,
  seen: Set<string>,
): Promise<Naming> {
  if (seen.has(file)) return {};
  seen.add(file);
  const config = await project.files.json(file);
  const folder = dirname(file);
  const { baseUrl, paths } = recordOf(config?.compilerOptions);
  const own = textOf(baseUrl);
  let naming: Naming = {
    ...(own ? { baseUrl: place(folder, own) } : {}),
    ...(paths ? { paths: { patterns: recordOf(paths), folder } } : {}),
  };
  for (const base of listOf([config?.extends].flat()).reverse()) {
    const other = await extended(project, folder, base);
    if (other) naming = { ...await namingOf(project, other, place, seen), ...naming };
  }
  return naming;
}

/** The file that a configuration extends. Packages of npm name no paths of the project. */
async function extended(
  project: Project,
  folder: string,
  base: string,
): Promise<string | undefined> {
  if (/^\.{1,2}\//.test(base)) return join(folder, /\.json$/.test(base) ? base : `${base}.json`);
  const bare = bareSpecifier(base);
  if (!bare) return undefined;
  const specifier = bare.subpath === "" ? `${base}/tsconfig.json` : base;
  // Whether the member has it is for the compiler to say.
  return await project.memberFile(specifier).catch(() => undefined);
}

/** What a name stands for by the longest pattern that fits; the first that is there counts. */
function targetsOf(patterns: Readonly<Record<string, unknown>>, specifier: string): string[] {
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
  return best
    ? listOf(patterns[best.pattern]).map((target) => target.replace("*", () => best.middle))
    : [];
}
