/** What a platform is to its tests, and what several of them need. */
import { fromFileUrl, join } from "@std/path";

/** The checkout. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");

/** Where roots of other systems, and programs for them, are kept between runs. */
export const STORE = `${ROOT}/.setup/platforms`;

/** A command of this machine. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Where the program runs. */
export interface Platform {
  /** As the table of docs/platforms.md names it. */
  readonly name: string;
  /** What of the program runs there: an executable, or the sources under which Deno. */
  readonly runs: string;
  /** Whether a command takes seconds there. */
  readonly isSlow?: boolean;
  /** How this machine runs the program there. */
  command(
    args: readonly string[],
    options: { cwd: string; env: Readonly<Record<string, string>> },
  ): Command;
  /** How the platform names a folder of this machine. */
  path(folder: string): string;
}

/** Why a platform cannot be tried here: told, and no failure. */
export class Skipped extends Error {}

/** What a check found: the name of the check, and what was wrong, if anything. */
export interface Result {
  readonly name: string;
  readonly failure?: string;
}

/** Runs a command of this machine to its end. @throws {Error} with its output when it fails */
export async function must(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    ...options,
  }).output();
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${decoder.decode(stderr)}`);
}

/** @throws {Skipped} unless these programs are installed, or who runs this is root where asked */
export async function need(programs: readonly string[], { root = false } = {}): Promise<void> {
  if (root && Deno.uid() !== 0) throw new Skipped("needs root, to make a system of its own");
  for (const program of programs) {
    const found = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`] }).output();
    if (!found.success) throw new Skipped(`needs ${program}: apt-get install it`);
  }
}

/** The folder of an npm package's files, fetched once. */
export async function npmPackage(spec: string): Promise<string> {
  const folder = join(STORE, spec.replaceAll(/[@/]/g, "_"));
  if (await isFolder(folder)) return `${folder}/package`;
  const partial = `${folder}.${Deno.pid}`;
  await Deno.mkdir(partial, { recursive: true });
  await must("npm", ["pack", "--silent", "--ignore-scripts", spec], { cwd: partial });
  const [tarball] = [...Deno.readDirSync(partial)].map(({ name }) => name);
  await must("tar", ["-xzf", tarball!], { cwd: partial });
  await Deno.remove(`${partial}/${tarball}`);
  await Deno.rename(partial, folder);
  return `${folder}/package`;
}

/** The root of a Debian, made once by mmdebstrap. */
export async function debianRoot(
  name: string,
  suite: string,
  options: readonly string[],
): Promise<string> {
  const folder = `${STORE}/${name}`;
  if (await isFolder(folder)) return folder;
  await Deno.mkdir(STORE, { recursive: true });
  const partial = `${folder}.${Deno.pid}`;
  await must("mmdebstrap", ["--quiet", "--mode=root", ...options, suite, partial]);
  await Deno.rename(partial, folder);
  return folder;
}

/**
 * The flags and variables that run this build's bundle, which an executable would hold, under a
 * Deno of another platform: what is bundled is transpiled already.
 */
export async function bundleUnder(
  path: (folder: string) => string,
): Promise<{ flags: string[]; env: Record<string, string> }> {
  const cache = `${STORE}/deno-dir`;
  await Deno.mkdir(cache, { recursive: true });
  return {
    flags: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--no-config", "--no-lock"],
      ...["--unstable-worker-options", "--unstable-raw-imports"],
      ...["net", "read", "write", "env", "run", "sys"].map((name) => `--allow-${name}`),
      path(`${ROOT}/.setup/bundle/main.js`),
    ],
    env: { DENO_DIR: path(cache), DENO_NO_UPDATE_CHECK: "1" },
  };
}

async function isFolder(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isDirectory ?? false;
}
