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
 * Installs what the lock file of a folder names, unless that was done; without it where a version
 * that it names is not to be had.
 */
export async function install(folder: string): Promise<void> {
  if (isThere(`${folder}/node_modules`)) return;
  console.error(`Installing the packages of ${folder}`);
  const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
  for (const command of [["ci"], ["install", "--no-package-lock"]]) {
    const options = { cwd: folder, stdin: "null", stdout: "null" } as const;
    if ((await node("npm", [...command, ...quiet], options)).success) return;
  }
  throw new Error(`npm could not install the packages of ${folder}`);
}
