/**
 * Makes Cliffy and the standard library, which live on JSR, out of npm packages that carry them,
 * and writes the import map that puts them in the place of the `jsr:` imports.
 *
 * Arguments: the unpacked `windmill-cli` and `deno-std`, the project's deno.json, the folder to
 * make.
 */
import { dirname, join, relative } from "node:path";

const CLIFFY = "deps/jsr.io/@windmill-labs/cliffy-";
const STD = "deps/jsr.io/@std/";

/** Each entry point that the project imports, and the modules of the package that make it up. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  "@cliffy/command": [`${CLIFFY}command/1.0.0-rc.5/mod`],
  "@cliffy/prompt": ["confirm", "input", "secret", "select"]
    .map((name) => `${CLIFFY}prompt/1.0.0-rc.6/${name}`),
  "@std/path": [`${STD}path/1.1.3/mod`],
  "@std/path/posix": [`${STD}path/1.1.3/posix/mod`],
  "@std/path/windows": [`${STD}path/1.1.3/windows/mod`],
  "@std/fs": [`${STD}fs/1.0.20/mod`],
  "@std/fs/walk": [`${STD}fs/1.0.20/walk`],
};

/** The same projects under other names on npm. */
const ON_NPM: Readonly<Record<string, string>> = {
  "@zip-js/zip-js": "npm:@zip.js/zip.js@2.8.2",
};

/** What the tests compare with comes from `deno-std`, which carries no types. */
const ASSERT = { name: "@std/assert", module: "assert/mod.js", types: "assert.d.ts" };

/** Thin modules of our own for what neither package has. */
const OWN: Readonly<Record<string, string>> = { "@std/testing/bdd": "bdd.ts" };

const [source, std, manifest, target] = Deno.args;
if (!source || !std || !manifest || !target) {
  throw new Error("usage: modules.ts WINDMILL_CLI DENO_STD MANIFEST TARGET");
}
const work = `${target}.${crypto.randomUUID()}`;
try {
  await makeModules(source, work);
  await makeTestModules(std, work);
  await writeImportMap(manifest, work);
  await Deno.rename(work, target);
} catch (error) {
  await Deno.remove(work, { recursive: true });
  // Another script may have been quicker: what it made is the same.
  await Deno.stat(target).catch(() => {
    throw error;
  });
}

async function makeModules(from: string, to: string): Promise<void> {
  await copyTree(join(from, "esm", "deps"), join(to, "esm", "deps"), (text) => text);
  await copyTree(join(from, "types", "deps"), join(to, "types", "deps"), mendTypes);
  // The package's own shim brings an emulation of the Deno namespace, which is at hand here.
  await Deno.writeTextFile(
    join(to, "esm", "_dnt.shims.js"),
    "export const dntGlobalThis = globalThis;\nexport const Deno = globalThis.Deno;\n",
  );
  await Deno.writeTextFile(
    join(to, "types", "_dnt.shims.d.ts"),
    "export declare const dntGlobalThis: typeof globalThis;\n",
  );
  for (const [name, modules] of Object.entries(ENTRIES)) {
    const pairs = modules.map((name) => [`types/${name}.d.ts`, `esm/${name}.js`] as const);
    await writeEntry(to, name, pairs);
  }
}

async function makeTestModules(from: string, to: string): Promise<void> {
  const { name, module, types } = ASSERT;
  for (const folder of ["assert", "internal"]) {
    await copyTree(join(from, folder), join(to, "std", folder), (text) => text);
  }
  await Deno.copyFile(new URL(types, import.meta.url), join(to, "types", types));
  await writeEntry(to, name, [[`types/${types}`, `std/${module}`]]);
  for (const file of Object.values(OWN)) {
    await Deno.copyFile(new URL(file, import.meta.url), join(to, file));
  }
}

/** Writes what is imported by a name: modules with their types, as paths below the folder. */
async function writeEntry(
  folder: string,
  name: string,
  modules: readonly (readonly [types: string, module: string])[],
): Promise<void> {
  const path = entryPath(folder, name);
  const up = relative(dirname(path), folder);
  const lines = modules.map(([types, module]) =>
    `// @ts-types="${up}/${types}"\nexport * from "${up}/${module}";\n`
  );
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, lines.join(""));
}

/** The type files name `.js` neighbours where only `.d.ts` ones exist, and a shimmed namespace. */
function mendTypes(text: string): string {
  return text.replaceAll(/(["'])(\.[^"']*?)\.js\1/g, "$1$2.d.ts$1")
    .replaceAll("dntShim.Deno.", "Deno.");
}

async function copyTree(from: string, to: string, mend: (text: string) => string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory) await copyTree(source, target, mend);
    else await Deno.writeTextFile(target, mend(await Deno.readTextFile(source)));
  }
}

async function writeImportMap(manifest: string, to: string): Promise<void> {
  const { imports } = JSON.parse(await Deno.readTextFile(manifest)) as {
    imports: Record<string, string>;
  };
  const mapped: Record<string, string> = { ...ON_NPM };
  for (const name of [...Object.keys(ENTRIES), ASSERT.name]) {
    mapped[name] = `./${relative(to, entryPath(to, name))}`;
  }
  for (const [name, file] of Object.entries(OWN)) mapped[name] = `./${file}`;
  for (const [name, specifier] of Object.entries(imports)) {
    if (!specifier.startsWith("npm:")) continue;
    mapped[name] = specifier;
    mapped[`${name}/`] = `npm:/${specifier.slice("npm:".length)}/`;
  }
  await Deno.writeTextFile(
    join(to, "import_map.json"),
    JSON.stringify({ imports: mapped }, null, 2),
  );
}

function entryPath(folder: string, name: string): string {
  return join(folder, "entries", `${name.replaceAll("/", "_")}.ts`);
}
