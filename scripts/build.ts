/**
 * Compiles the executable. `INSFORGE_DENO_FLAGS`, one flag a line, comes from `scripts/setup.sh`.
 * The compiled program starts with these permissions because only the launcher can know which of
 * them an invocation needs: it keeps none (see src/launcher.ts).
 */
import { walk } from "@std/fs/walk";

const PERMISSIONS = ["net", "read", "write", "env", "run", "sys"].map((name) => `--allow-${name}`);
const SOURCES = ["main.ts", "deno.json", "scripts/build.ts"];
const TARGET = `dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`;

/** What `scripts/prepare_database.ts` makes. */
const ASSETS = [".setup/pgdata", ".setup/pglite"];

/** What npm packages carry beside what runs. */
const DEAD_WEIGHT = [
  /\.map$/,
  /\.d\.[cm]?ts$/,
  /pglite.*\.cjs$/,
  /pglite.*\.tar\.gz$/,
  // Carried packed: see src/local/database/packed_pglite.ts.
  /pglite\.(wasm|data)$/,
  /initdb\.wasm$/,
  // Another generation of its interface, which nothing here imports.
  /zod\/[^/]+\/(v4|v4-mini|src)\//,
  /hono\/[^/]+\/dist\/(cjs|types)\//,
];

const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
await run(["run", "--quiet", ...flags, "--allow-all", "scripts/prepare_database.ts"]);
if (Deno.args.includes("--force") || await isStale(TARGET)) await compile();

async function isStale(target: string): Promise<boolean> {
  const built = await modified(target);
  if (built === 0) return true;
  for (const source of SOURCES) if (await modified(source) > built) return true;
  for (const folder of ["src", ...ASSETS]) {
    for await (const { path } of walk(folder, { includeDirs: false })) {
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

async function compile(): Promise<void> {
  await Deno.mkdir("dist", { recursive: true });
  const include = [...ASSETS];
  for await (const { path } of walk("src", { match: [/_worker\.ts$/] })) include.push(path);
  const partial = `${TARGET}.${crypto.randomUUID()}`;
  await run([
    "compile",
    "--quiet",
    ...flags,
    ...PERMISSIONS,
    "--no-prompt",
    "--unstable-worker-options",
    ...include.flatMap((path) => ["--include", path]),
    ...(await deadWeight()).flatMap((path) => ["--exclude", path]),
    "--output",
    partial,
    "main.ts",
  ]);
  await Deno.rename(partial, TARGET);
}

/** The files of npm packages that no code of ours loads. */
async function deadWeight(): Promise<string[]> {
  const packages = `${Deno.env.get("DENO_DIR")}/npm`;
  const paths: string[] = [];
  for await (const { path } of walk(packages, { includeDirs: false, match: DEAD_WEIGHT })) {
    paths.push(path);
  }
  return paths;
}

async function run(args: string[]): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), { args }).output().then((output) => {
    if (!output.success) Deno.stderr.writeSync(output.stderr);
    return output;
  });
  if (code !== 0) Deno.exit(code);
}
