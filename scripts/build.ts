/**
 * Bundles the program and compiles the executable. `INSFORGE_DENO_FLAGS`, one flag a line, comes
 * from `scripts/setup.sh`. The compiled program starts with these permissions because only the
 * launcher can know which of them an invocation needs: it keeps none (see src/launcher.ts).
 *
 * Every start of the executable reads all that is embedded in it, and loads its modules one by one:
 * bundled, they are fewer and smaller.
 */
import { walk } from "@std/fs/walk";

const PERMISSIONS = ["net", "read", "write", "env", "run", "sys"].map((name) => `--allow-${name}`);
const SOURCES = ["main.ts", "deno.json", "deno.lock", "scripts/build.ts"];
const TARGET = `dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`;
const BUNDLE = ".setup/bundle";

/** What `scripts/prepare_database.ts` makes. */
const PREPARED = ".setup/prepared";

/** These find files of their own beside their modules, or are no ES modules. */
const NOT_BUNDLED = ["libpg-query", "dotenv"];
const THEIR_PACKAGES = [...NOT_BUNDLED, "@pgsql/types"];

const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
using lock = await Deno.open(".setup/build.lock", { create: true, write: true });
await lock.lock(true);
await deno(["run", "--quiet", ...flags, "--allow-all", "scripts/prepare_database.ts"]);
if (Deno.args.includes("--force") || await isStale(TARGET)) {
  await bundle();
  await compile();
}

async function isStale(target: string): Promise<boolean> {
  const built = await modified(target);
  if (built === 0) return true;
  for (const source of SOURCES) if (await modified(source) > built) return true;
  for (const folder of ["src", PREPARED]) {
    // A folder is younger than what was removed from it.
    for await (const { path } of walk(folder)) {
      if (await modified(path) > built) return true;
    }
  }
  return false;
}

/** The time of a file's last change in milliseconds; 0 where there is no file. */
async function modified(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.mtime?.getTime() ?? 0;
}

async function bundle(): Promise<void> {
  await Deno.remove(BUNDLE, { recursive: true }).catch(() => {});
  await deno([
    "bundle",
    "--quiet",
    ...flags,
    "--platform=deno",
    "--code-splitting",
    "--minify",
    ...NOT_BUNDLED.flatMap((name) => ["--external", name]),
    "--outdir",
    BUNDLE,
    "main.ts",
    ...await paths("src", [/_worker\.ts$/]),
  ]);
}

async function compile(): Promise<void> {
  await Deno.mkdir("dist", { recursive: true });
  const partial = `${TARGET}.${crypto.randomUUID()}`;
  await deno([
    "compile",
    "--quiet",
    "--no-check",
    ...flags,
    ...PERMISSIONS,
    "--no-prompt",
    "--unstable-worker-options",
    // Streams make much short-lived garbage: V8 would let the heap grow before it looks at it.
    "--v8-flags=--max-semi-space-size=8",
    ...[BUNDLE, PREPARED].flatMap((path) => ["--include", path]),
    ...(await unusedPackages()).flatMap((path) => ["--exclude", path]),
    "--output",
    partial,
    `${BUNDLE}/main.js`,
  ]);
  await Deno.rename(partial, TARGET);
}

/** The folders of npm packages that are in the bundle already, or only serve to make it. */
async function unusedPackages(): Promise<string[]> {
  const folders: string[] = [];
  const cache = `${Deno.env.get("DENO_DIR")}/npm`;
  for await (const { name: registry } of Deno.readDir(cache)) {
    // Packages lie in NAME/VERSION or @SCOPE/NAME/VERSION.
    const options = { includeFiles: false, maxDepth: 3, match: [/[\\/]\d+\.\d+\.\d[^\\/]*$/] };
    for await (const { path } of walk(`${cache}/${registry}`, options)) {
      const name = path.slice(cache.length).replaceAll("\\", "/");
      if (!THEIR_PACKAGES.some((used) => name.includes(`/${used}/`))) folders.push(path);
    }
  }
  return folders;
}

async function paths(folder: string, match?: RegExp[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of walk(folder, { includeDirs: false, match })) found.push(path);
  return found.sort();
}

/** Runs Deno and ends with its exit code when it fails. */
async function deno(args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (code === 0) return;
  Deno.stderr.writeSync(stderr);
  Deno.exit(code);
}
