import { isThere } from "../../src/files/real_path.ts";

/** Runs a program of Node in a folder, behind everybody else on the machine where that is known. */
export function node(
  command: string,
  args: string[],
  options: Deno.CommandOptions,
): Promise<Deno.CommandOutput> {
  const isWindows = Deno.build.os === "windows";
  return isWindows
    ? new Deno.Command(`${command}.cmd`, { args, ...options }).output()
    : new Deno.Command("nice", { args: ["-n", "5", command, ...args], ...options }).output();
}

/**
 * Installs what the lock file of a folder names, unless that was done; where it names a version
 * that is not to be had, what package.json names, in the versions that the lock file has of that.
 */
export async function install(folder: string): Promise<void> {
  if (isThere(`${folder}/node_modules`)) return;
  console.error(`Installing the packages of ${folder}`);
  const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
  const named = ["install", "--no-package-lock", "--no-save", ...await lockedByName(folder)];
  for (const command of [["ci"], named]) {
    const options = { cwd: folder, stdin: "null", stdout: "null" } as const;
    if ((await node("npm", [...command, ...quiet], options)).success) return;
  }
  throw new Error(`npm could not install the packages of ${folder}`);
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, {
      readonly version: string;
      readonly dependencies?: Readonly<Record<string, string>>;
      readonly devDependencies?: Readonly<Record<string, string>>;
    }>
  >;
}

/** What package.json names, as `NAME@VERSION`; none without a lock file. */
async function lockedByName(folder: string): Promise<string[]> {
  if (!isThere(`${folder}/package-lock.json`)) return [];
  const { packages }: LockFile = JSON.parse(
    await Deno.readTextFile(`${folder}/package-lock.json`),
  );
  const { dependencies, devDependencies } = packages[""]!;
  return Object.keys({ ...dependencies, ...devDependencies }).map((name) =>
    `${name}@${packages[`node_modules/${name}`]!.version}`
  );
}
