/** Other command lines of the field, to be timed in the same run where npm installs them. */
import { join } from "@std/path";

/** npm packages by the name of their command. */
const RIVALS: Readonly<Record<string, string>> = {
  supabase: "supabase",
  neonctl: "neonctl",
  insforge: "@insforge/cli",
};

const INSTALL_TIMEOUT_MS = 120_000;

/** Installs them below a folder, and answers what prints the version of each, by package. */
export async function installRivals(folder: string): Promise<Record<string, string>> {
  const commands: Record<string, string> = {};
  for (const [command, name] of Object.entries(RIVALS)) {
    const prefix = join(folder, "rivals", command);
    await Deno.mkdir(prefix, { recursive: true });
    const { success } = await new Deno.Command("npm", {
      args: ["install", "--silent", "--no-audit", "--no-fund", "--prefix", prefix, name],
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(INSTALL_TIMEOUT_MS),
    }).output();
    const program = join(prefix, "node_modules", ".bin", command);
    if (success) commands[`${name} --version`] = `${program} --version`;
    else console.error(`${name} could not be installed here.`);
  }
  return commands;
}
