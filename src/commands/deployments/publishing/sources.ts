/** The folder that is deployed: its files, and what there is to say about them beforehand. */
import { basename, dirname, join, normalize } from "@std/path";
import { placeOf } from "../../../files/typed_path.ts";
import { reason } from "../../../files/reason.ts";
import type { Context } from "../../../cli/context.ts";
import { isWithin, placeWithin } from "../../../files/real_path.ts";
import { isPostgresDir, privateNameIn } from "../../../files/private_names.ts";
import { isDataDir } from "../../../shared/contract/state.ts";
import { FileError, UsageError } from "../../../core/errors.ts";
import { bar } from "../../../terminal/bar.ts";
import type { Progress } from "../../../terminal/progress.ts";
import { isNamedLikeDump } from "./dumps.ts";
import { type Leak, readEnvSecrets } from "./leaks.ts";
import { exceededLimits, names } from "./limits.ts";
import { type HashedFile, readFiles } from "./read.ts";
import { isIncluded, selectFiles } from "./select.ts";

/** What goes up, and what people should know before it does. */
export interface Sources {
  readonly files: readonly HashedFile[];
  readonly skippedLinks: readonly string[];
  readonly privateFiles: readonly string[];
  readonly warnings: readonly string[];
  /** Why the backend would refuse the files; empty when it would not. */
  readonly exceededLimits: readonly string[];
}

/** The absolute path of the folder. @throws {FileError} when it is none */
export async function findFolder({ launch }: Context, directory: string): Promise<string> {
  const folder = placeOf(launch, directory);
  const info = await Deno.stat(folder).catch((error) => {
    throw new FileError(`Cannot read ${directory}: ${reason(error)}.`, {
      hint: "Build the site first, then name the folder that the build makes.",
      cause: error,
    });
  });
  if (!info.isDirectory) {
    throw new FileError(`${directory} is not a folder.`, {
      hint: "Name the folder of the site, such as `insforge deployments deploy ./dist`.",
    });
  }
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  if (
    isDataDir(names) || isPostgresDir(names) ||
    privateNameIn(basename(folder), true)
  ) {
    throw new FileError(`${directory} holds what must not be published.`);
  }
  return folder;
}

/**
 * Selects and reads the files.
 * @param include what was named to go up although its name says that it is private
 * @throws {FileError} when there are none, or one cannot be read @throws {UsageError} for a name
 * that includes nothing
 */
export async function readSources(
  context: Context,
  folder: string,
  include: readonly string[],
  progress: Progress,
): Promise<Sources> {
  const { launch, signal } = context;
  const included = include.map((path) => normalize(path).replaceAll("\\", "/").replace(/\/+$/, ""));
  const selection = await selectFiles(folder, signal, included);
  const { output, files, skippedLinks, undecodable } = selection;
  const unknown = included.findIndex((name) => !files.some(({ path }) => isIncluded(path, [name])));
  if (unknown >= 0) {
    throw new UsageError(`--include ${include[unknown]} names no file that could be published.`, {
      hint: "Give its path below the folder that is deployed.",
    });
  }
  requireSome(files, folder);
  checkOutput(folder, output, files);
  const exceeded = exceededLimits(files);
  const folders = [folder, launch.cwd, launch.projectRoot];
  const place = (path: string) =>
    isWithin(folder, path) ? placeWithin(folder, path) : placeOf(launch, path);
  const secrets = [...projectKeys(context), ...await readEnvSecrets(folders, place)];
  let done = 0;
  const hashed = exceeded.length > 0
    ? { files: files.map((file) => ({ ...file, sha: "" })), leaks: [], dumps: [], keys: [] }
    : await readFiles(files, secrets, signal, () => {
      progress.update(`Reading files ${bar(++done, files.length)}`);
    });
  const isUnnamed = (path: string) => !isIncluded(path, included);
  const dumps = hashed.dumps.filter(isUnnamed);
  const keys = hashed.keys.filter(isUnnamed);
  const published = hashed.files.filter(({ path }) => ![...dumps, ...keys].includes(path));
  requireSome(published, folder);
  const paths = published.map(({ path }) => path);
  const privateFiles = [...selection.privateFiles, ...keys].sort();
  return {
    files: published,
    skippedLinks,
    privateFiles: [...privateFiles, ...dumps].sort(),
    exceededLimits: exceeded,
    warnings: [
      ...leftOut("what holds keys or passwords", privateFiles),
      ...leftOut("dumps of a database", dumps),
      ...dumpWarning(paths.filter(isUnnamed), paths),
      ...undecodable.length === 0 ? [] : [
        `Left out, as their names are no UTF-8: ${names(undecodable, 20)}. Rename them.`,
      ],
      ...leakWarnings(hashed.leaks),
      ...indexWarning(paths, output),
      ...await configWarning(context, folder),
      ...otherHostings(paths, output),
      ...skippedLinks.length === 0 ? [] : [
        `Symbolic links that lead out of the folder, or nowhere, are left out: ${
          names(skippedLinks)
        }.`,
      ],
    ],
  };
}

/** @throws {FileError} */
function requireSome(files: readonly unknown[], folder: string): void {
  if (files.length > 0) return;
  throw new FileError(`There is nothing to deploy in ${folder}.`, {
    hint: "Folders such as dist and build are left out below the deployed one: name it itself, " +
      "such as `insforge deployments deploy ./dist`.",
  });
}

function leftOut(what: string, paths: readonly string[]): string[] {
  return paths.length === 0 ? [] : [
    `Left out, as ${what}: ${names(paths, 20)}. ` +
    "What is to be published all the same has to be named with --include.",
  ];
}

/** A site may offer a database; of what the hosting builds, the sources are not published. */
function dumpWarning(unnamed: readonly string[], paths: readonly string[]): string[] {
  const found = paths.includes("package.json") ? [] : unnamed.filter(isNamedLikeDump);
  return found.length === 0 ? [] : [
    `Whoever opens the site can read ${names(found, 20)}. ` +
    "What is no part of it is left out by its name in .insforgeignore.",
  ];
}

/** The admin keys of the linked project: whoever has one can do everything. */
function projectKeys({ env, launch }: Context) {
  return [env("INSFORGE_API_KEY"), launch.project.project?.api_key]
    .filter((key) => key !== undefined && key.length > 8)
    .map((value) => ({ name: "the project's API key", value: value! }));
}

function leakWarnings(leaks: readonly Leak[]): string[] {
  const pathsByName = Map.groupBy(leaks, ({ name }) => name);
  return [...pathsByName].map(([name, found]) =>
    `The value of ${name} would be published in ${names(found.map(({ path }) => path).sort())}.`
  );
}

/** Without a build, the folder that vercel.json names has to be there. @throws {FileError} */
function checkOutput(folder: string, output: string, files: readonly { path: string }[]): void {
  const isThere = files.some(({ path }) => path.startsWith(output === "" ? "" : `${output}/`));
  if (isThere || files.some(({ path }) => path === "package.json")) return;
  if (output.split("/").includes("..")) {
    throw new FileError(
      `vercel.json says that the site is in ${output}, outside of ${folder}, which is deployed.`,
      { hint: "Deploy that folder itself, without outputDirectory in vercel.json." },
    );
  }
  throw new FileError(
    `vercel.json says that the site is in ${output}, and there are no files in ${
      join(folder, output)
    }.`,
    { hint: "Build the site first, or mend outputDirectory in vercel.json." },
  );
}

/** A folder with a package.json is built by the hosting, which makes the page. */
function indexWarning(paths: readonly string[], output: string): string[] {
  const index = output === "" ? "index.html" : `${output}/index.html`;
  if (paths.includes(index) || paths.includes("package.json")) return [];
  const [below] = paths.filter((path) => path.endsWith("/index.html"));
  return [
    "There is no index.html in the folder: the site's address would show nothing." +
    (below ? ` There is one at ${below}.` : ""),
  ];
}

/** The rules of a project are beside its sources, which a deployed build does not hold. */
async function configWarning({ launch }: Context, folder: string): Promise<string[]> {
  if (await isFile(join(folder, "vercel.json"))) return [];
  for (const above of new Set([dirname(folder), launch.cwd, launch.projectRoot])) {
    const path = join(above, "vercel.json");
    if (above === folder || !await isFile(placeOf(launch, path))) continue;
    return [
      `${path} is left out: its rules are those of the folder that it is in. ` +
      `Copy it into ${folder} to publish it with the site.`,
    ];
  }
  return [];
}

/** Rules of another hosting, which would be files of the site like any other. */
function otherHostings(paths: readonly string[], output: string): string[] {
  const found = ["_headers", "_redirects", "netlify.toml"].filter((name) =>
    paths.includes(name) || paths.includes(`${output}/${name}`)
  );
  return found.length === 0 ? [] : [
    `The rules of ${names(found)} are not followed: the hosting goes by vercel.json.`,
  ];
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
