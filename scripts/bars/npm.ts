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

/** Installs what the lock file of a folder names, unless that was done. */
export async function install(folder: string): Promise<void> {
  if (await isFolder(`${folder}/node_modules`)) return;
  console.error(`Installing the packages of ${folder}`);
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
  const { success } = await node("npm", args, { cwd: folder, stdin: "null", stdout: "null" });
  if (!success) throw new Error(`npm ci failed in ${folder}`);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
