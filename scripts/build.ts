/**
 * Bundles the program and compiles the executable. `INSFORGE_DENO_FLAGS`, one flag a line, comes
 * from `scripts/setup.sh`. The compiled program starts with these permissions because only the
 * launcher can know which of them an invocation needs: it keeps none (see src/launcher.ts).
 *
 * Every start of the executable reads all that is embedded in it, and loads its modules one by one:
 * bundled, they are fewer and smaller. The prepared files need not be embedded; see
 * scripts/release/runtime.ts.
 *
 * Without arguments it makes dist/insforge for this machine. `--target TRIPLE` (repeatable) and
 * `--all` make what is released, in dist/release: the same commit gives the same bytes.
 */
import { walk } from "@std/fs/walk";
import { basename, dirname, join, resolve } from "@std/path";
import {
  CACHED_MODULES,
  CARRIED_MODULES,
  packedModule,
  scriptOf,
} from "../src/files/carried_module.ts";
import { pack } from "../src/files/packing.ts";
import { functionBody, IN_SCRIPT } from "./release/function_body.ts";
import { RELEASE_TIME } from "./release/archive.ts";
import { publicKey } from "./release/signing_key.ts";
import { type Compiled, writeRelease } from "./release/release.ts";
import { carryFiles, hasCarried, type Runtime } from "./release/runtime.ts";
import { keepCarriedCaches, recordCaches } from "./release/recorder.ts";
import { makeCaches } from "./release/start_cache.ts";
import { gatherStart, keepStartCache, NO_CACHE, START_MODULES } from "./release/start_script.ts";
import { executableName, type Target, targetsOf } from "./release/targets.ts";
import { V8_FLAGS } from "./release/v8_flags.ts";

const PERMISSIONS = ["net", "read", "write", "env", "run", "sys"].map((name) => `--allow-${name}`);
const SOURCES = [
  "main.ts",
  "deno.json",
  "deno.lock",
  "scripts/build.ts",
  "scripts/release/recorder.ts",
  "scripts/release/start_cache.ts",
  "scripts/release/start_script.ts",
  "scripts/release/v8_flags.ts",
];
const TARGET = `dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`;
const BUNDLE = ".setup/bundle";

/** What `scripts/prepare.ts` makes. */
const PREPARED = ".setup/prepared";

/** Where these lie in an executable that does not embed them; see src/files/prepared_files.ts. */
const CARRIED = ".setup/carried";

/** Where the executable writes them that is run for that. */
const START_CACHES = ".setup/start_caches";

/**
 * What the executable's modules may import. Its module loader reads any file for who imports it,
 * and asks for no permission: so none has an address there but those of the bundle.
 */
const IMPORT_MAP = {
  path: ".setup/import_map.json",
  text: JSON.stringify({ imports: { "./bundle/": "./bundle/", "file:///": null } }),
};

/** The line with which the bundler ends what asks for one of Node's modules by `require`. */
const REFUSED_REQUIRE = /throw Error\('Dynamic require of "'\+(\w+)\+'" is not supported'\)/;
/** Where a package asks for its own folder, in which it then reads nothing. */
const OWN_FOLDER = /\b__dirname\+/g;

const BUNDLER = ["bundle", "--quiet", "--platform=deno", "--minify"];

const RELEASE = "dist/release";
/** For one platform's release, which is made to be tried. */
const QUICK_XZ_LEVEL = 0;
const RELEASE_SOURCES = ["LICENSE", "scripts/install.sh", "scripts/install.ps1"];
const RELEASE_FOLDERS = ["scripts/npm", "scripts/release"];

const targets = targetsOf(Deno.args);
const foreign = targets.find((target) => target !== Deno.build.target);
if (foreign && Deno.env.get("DENORT_BIN")) {
  console.error(`Compiling for ${foreign} needs an open network, for the runtime of Deno.`);
  Deno.exit(1);
}
const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
using lock = await Deno.open(".setup/build.lock", { create: true, write: true });
await lock.lock(true);
await deno(["run", "--quiet", ...flags, "--allow-all", "scripts/prepare.ts"]);
await keepReleaseKey();
if (Deno.args.includes("--force") || await isStale(TARGET, SOURCES, ["src", PREPARED])) {
  for (const script of ["scripts/value_options.ts", "scripts/help_table.ts"]) {
    await deno(["run", "--quiet", ...flags, "--allow-all", script]);
  }
  await bundle();
  await compile(TARGET);
}
if (targets.length > 0 && await isReleaseStale()) {
  const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
  const xzLevel = Deno.args.includes("--all") ? undefined : QUICK_XZ_LEVEL;
  await writeRelease(RELEASE, version, await compileAll(targets), xzLevel);
}

/** Compiles what there is no executable of yet; this machine's own is `TARGET`. */
async function compileAll(targets: readonly Target[]): Promise<Compiled[]> {
  const compiled: Compiled[] = [];
  for (const target of targets) {
    const isOwn = target === Deno.build.target;
    const path = isOwn ? TARGET : `dist/${target}/${executableName(target)}`;
    if (!isOwn) await compile(path, target);
    compiled.push({ target, path });
  }
  return compiled;
}

/** The executable carries the key of the releases that it takes; it is old when that is another. */
async function keepReleaseKey(): Promise<void> {
  const path = `${PREPARED}/release_key`;
  const key = await publicKey();
  if (await Deno.readTextFile(path).catch(() => "") !== key) await Deno.writeTextFile(path, key);
}

async function isStale(made: string, files: string[], folders: string[]): Promise<boolean> {
  const built = await modified(made);
  if (built === 0) return true;
  for (const file of files) if (await modified(file) > built) return true;
  for (const folder of folders) {
    // A folder is younger than what was removed from it.
    for await (const { path } of walk(folder)) {
      if (await modified(path) > built) return true;
    }
  }
  return false;
}

async function isReleaseStale(): Promise<boolean> {
  const manifest = `${RELEASE}/manifest.json`;
  if (await isStale(manifest, [TARGET, ...RELEASE_SOURCES], RELEASE_FOLDERS)) return true;
  const made = Object.keys(JSON.parse(await Deno.readTextFile(manifest)).targets);
  return made.join() !== targets.join();
}

/** The time of a file's last change in milliseconds; 0 where there is no file. */
async function modified(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.mtime?.getTime() ?? 0;
}

async function bundle(): Promise<void> {
  await Deno.remove(BUNDLE, { recursive: true }).catch(() => {});
  await deno([
    ...BUNDLER,
    ...flags,
    "--code-splitting",
    "--outdir",
    BUNDLE,
    "main.ts",
    "src/server/functions/host.ts",
    ...new Set([...START_MODULES.map((name) => `${name}.ts`), ...await workers()]),
  ]);
  // A module of its own: short starts load no other.
  await deno([...BUNDLER, ...flags, "--output", `${BUNDLE}/main.js`, "main.ts"]);
  for await (const { path } of walk(BUNDLE, { includeDirs: false })) await letRequire(path);
  await gatherStart(BUNDLE);
  await Promise.all(CARRIED_MODULES.map(packModule));
}

/** The modules that run in workers, beside those that are carried. */
async function workers(): Promise<string[]> {
  const carried = new Set(CARRIED_MODULES.map((name) => `${name}.ts`));
  const found: string[] = [];
  for await (const { path } of walk("src", { match: [/_worker\.ts$/] })) {
    if (!carried.has(path.replaceAll("\\", "/"))) found.push(path);
  }
  return found.sort();
}

/** Makes one module of it and of all that it imports; see src/files/carried_module.ts. */
async function packModule(name: string): Promise<void> {
  const path = `${PREPARED}/${packedModule(name)}`;
  const code = path.replace(/\.br$/, "");
  await Deno.mkdir(dirname(path), { recursive: true });
  await deno([...BUNDLER, ...flags, "--output", code, `${name}.ts`]);
  await letRequire(code);
  const text = await Deno.readTextFile(code);
  const made = CACHED_MODULES.includes(name)
    ? scriptOf(name, functionBody(text, IN_SCRIPT))
    : functionBody(text);
  await Deno.writeFile(path, pack(new TextEncoder().encode(made)));
  await Deno.remove(code);
}

/** Gives packages that are no ES modules what they ask for, which an ES module does not have. */
async function letRequire(path: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const made = text.replace(REFUSED_REQUIRE, "return process.getBuiltinModule($1)")
    .replace(OWN_FOLDER, '""+');
  if (made !== text) await Deno.writeTextFile(path, made);
}

async function compile(output: string, target?: Target): Promise<void> {
  await Deno.mkdir(dirname(output), { recursive: true });
  // Deno appends .exe to what has another ending.
  const partial = join(dirname(output), `${crypto.randomUUID()}-${basename(output)}`);
  await keepCaches(partial, target);
  const runtime = await carryFiles(PREPARED, target ?? Deno.build.target, flags);
  await compileOver(runtime, partial, target);
  // A Deno that lays out programs in another way costs each start some milliseconds, no more.
  if (runtime && !await hasCarried(partial, runtime.carried)) {
    await Deno.remove(partial);
    await compileOver(undefined, partial, target);
  }
  await Deno.rename(partial, output);
}

/** Keeps what an executable made for this machine's own; one of another kind starts without. */
async function keepCaches(executable: string, target = Deno.build.target): Promise<void> {
  await keepStartCache(BUNDLE, NO_CACHE);
  await keepCarriedCaches(PREPARED);
  if (target !== Deno.build.target) return;
  const recorded = resolve(START_CACHES);
  {
    await using _ = await recordCaches(BUNDLE, recorded);
    await compileOver(await carryFiles(PREPARED, target, flags), executable);
  }
  const { start, carried } = await makeCaches(executable, recorded);
  await keepStartCache(BUNDLE, start);
  await keepCarriedCaches(PREPARED, carried);
}

/** Compiles the bundle, with the prepared files embedded unless the runtime carries them. */
async function compileOver(
  runtime: Runtime | undefined,
  output: string,
  target?: Target,
): Promise<void> {
  const included = [BUNDLE, runtime ? CARRIED : PREPARED];
  if (runtime) {
    await Deno.mkdir(CARRIED, { recursive: true });
    await Deno.writeTextFile(`${CARRIED}/index.json`, JSON.stringify(runtime.carried));
  }
  for (const folder of included) await forgetTimes(folder);
  await Deno.writeTextFile(IMPORT_MAP.path, IMPORT_MAP.text);
  await deno([
    "compile",
    "--quiet",
    "--no-check",
    // The bundle has all that it needs: packages would only be read at each start.
    "--no-config",
    "--no-lock",
    `--import-map=${IMPORT_MAP.path}`,
    ...PERMISSIONS,
    "--no-prompt",
    // It lies in the shared temporary folder: whoever writes it first decides what others run.
    "--no-code-cache",
    "--unstable-worker-options",
    // For functions, which see it as `Deno.openKv`.
    "--unstable-kv",
    // For the script of a start and its cache: nobody needs a grant for what is imported.
    "--unstable-raw-imports",
    V8_FLAGS,
    ...included.flatMap((path) => ["--include", path]),
    ...(target ? ["--target", target] : []),
    "--output",
    output,
    `${BUNDLE}/main.js`,
  ], runtime ? { DENORT_BIN: runtime.path } : {});
}

/**
 * The executable carries the times of the files in it: only those made it differ between builds.
 */
async function forgetTimes(folder: string): Promise<void> {
  for await (const { path } of walk(folder)) await Deno.utime(path, RELEASE_TIME, RELEASE_TIME);
}

/** Runs Deno and ends with its exit code when it fails. */
async function deno(args: string[], env: Record<string, string> = {}): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, env }).output();
  if (code === 0) return;
  Deno.stderr.writeSync(stderr);
  Deno.exit(code);
}
