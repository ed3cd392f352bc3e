/**
 * The packages for npm's registry: the shim, and for each platform one that holds its archive,
 * which the shim fetches when it first runs (scripts/npm/lib/sources.js).
 */
import { copy, walk } from "@std/fs";
import { join, relative } from "@std/path";
import { type Part, writeTarGz } from "./archive.ts";
import type { ReleaseManifest } from "./manifest.ts";

const SHIM = "scripts/npm";
const LICENSE = "LICENSE";

/** How Node names a target: `process.platform` and `process.arch`. */
export function nodePlatform(target: string): { os: string; cpu: string } {
  const systems = { linux: "linux", darwin: "darwin", windows: "win32" };
  const [, os] = Object.entries(systems).find(([name]) => target.includes(name))!;
  return { os, cpu: target.startsWith("aarch64") ? "arm64" : "x64" };
}

/**
 * Writes the shim as a folder, `npm`, and all packages as `npm publish` takes them:
 * `packages/NAME-VERSION.tgz`. Unlike those of `npm pack`, the same files give the same bytes.
 * @param folder of the release, which has the archives already
 */
export async function writeNpmPackages(folder: string, manifest: ReleaseManifest): Promise<void> {
  const { version, targets } = manifest;
  const shim = join(folder, "npm");
  await copy(SHIM, shim);
  await Deno.copyFile(LICENSE, join(shim, LICENSE));
  const description = JSON.parse(await Deno.readTextFile(join(SHIM, "package.json")));
  await writeJson(join(shim, "package.json"), { ...description, version });
  await writeJson(join(shim, "lib/manifest.json"), manifest);

  const packages = join(folder, "packages");
  await Deno.mkdir(packages);
  const parts: Part[] = [];
  for await (const { path } of walk(shim, { includeDirs: false })) {
    const name = relative(shim, path).replaceAll("\\", "/");
    const mode = name.startsWith("bin/") ? 0o755 : 0o644;
    parts.push({ name: `package/${name}`, bytes: await Deno.readFile(path), mode });
  }
  parts.sort((a, b) => a.name < b.name ? -1 : 1);
  await writeTarGz(join(packages, `insforge-${version}.tgz`), parts);

  for (const [target, { archive }] of Object.entries(targets)) {
    const { os, cpu } = nodePlatform(target);
    const { homepage, repository, license } = description;
    const own = {
      name: `@insforge/cli-${os}-${cpu}`,
      version,
      description: `The executable of insforge for ${os} on ${cpu}: install insforge instead`,
      ...{ homepage, repository, license, os: [os], cpu: [cpu] },
    };
    await writeTarGz(join(packages, `insforge-cli-${os}-${cpu}-${version}.tgz`), [
      // The first, where the shim looks for it: scripts/npm/lib/first_file.js.
      {
        name: `package/${archive.name}`,
        bytes: await Deno.readFile(join(folder, archive.name)),
        mode: 0o644,
      },
      jsonPart("package.json", own),
      textPart("README.md", `# ${own.name}\n\n${own.description}.\n`),
      { name: `package/${LICENSE}`, bytes: await Deno.readFile(LICENSE), mode: 0o644 },
    ]);
  }
}

function jsonPart(name: string, value: unknown): Part {
  return textPart(name, json(value));
}

function textPart(name: string, text: string): Part {
  return { name: `package/${name}`, bytes: new TextEncoder().encode(text), mode: 0o644 };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, json(value));
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}
