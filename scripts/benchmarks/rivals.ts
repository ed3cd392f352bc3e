/** Other command lines of the field, to be timed in the same run where npm installs them. */
import { walk } from "@std/fs/walk";
import { join } from "@std/path";

/** npm packages by the name of their command. */
const RIVALS: Readonly<Record<string, string>> = {
  supabase: "supabase",
  neonctl: "neonctl",
  vercel: "vercel",
  wrangler: "wrangler",
  netlify: "netlify-cli",
  firebase: "firebase-tools",
  insforge: "@insforge/cli",
};

/** Without scripts nothing is compiled that takes longer than all the rest, and outlives npm. */
const INSTALL = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
const INSTALL_TIMEOUT_MS = 300_000;

/** A program of the field. */
export interface Rival {
  /** Its package. */
  readonly name: string;
  readonly program: string;
  /** What lies on the disk after its installation, in MB. */
  readonly megabytes: number;
}

/** Installs them below a folder; says on stderr which cannot be had here. */
export async function installRivals(folder: string): Promise<Rival[]> {
  const rivals: Rival[] = [];
  for (const [command, name] of Object.entries(RIVALS)) {
    const prefix = join(folder, "rivals", command);
    await Deno.mkdir(prefix, { recursive: true });
    const { success } = await new Deno.Command("npm", {
      args: [...INSTALL, prefix, name],
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(INSTALL_TIMEOUT_MS),
    }).output();
    const program = join(prefix, "node_modules", ".bin", command);
    if (success && await answers(program)) {
      rivals.push({ name, program, megabytes: await sizeOf(prefix) });
    } else console.error(`${name} could not be installed here.`);
  }
  return rivals;
}

/** A package whose program npm was to fetch from elsewhere installs and does not run. */
async function answers(program: string): Promise<boolean> {
  const command = new Deno.Command(program, {
    args: ["--version"],
    stdout: "null",
    stderr: "null",
  });
  return (await command.output().catch(() => ({ success: false }))).success;
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { path } of walk(folder, { includeDirs: false, includeSymlinks: false })) {
    bytes += (await Deno.stat(path)).size;
  }
  return bytes / 1e6;
}
