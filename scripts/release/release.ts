/** Makes the files of a release out of compiled executables, in `dist/release`. */
import { basename, join } from "@std/path";
import { type Part, writeTar, writeZip } from "./archive.ts";
import { checksumsOf, describeFile, type ReleaseManifest, type TargetRelease } from "./manifest.ts";
import { writeNpmPackages } from "./npm_packages.ts";
import { signRelease } from "./sign.ts";
import { canSign, publicKeyInfo } from "./signing_key.ts";
import { executableName, releaseName, type Target } from "./targets.ts";

/** An executable and the platform it was compiled for. */
export interface Compiled {
  readonly target: Target;
  readonly path: string;
}

/**
 * Writes archives, `SHA256SUMS`, `manifest.json`, their signatures and the npm packages into
 * `folder`.
 */
export async function writeRelease(
  folder: string,
  version: string,
  executables: readonly Compiled[],
): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const targets: Record<string, TargetRelease> = {};
  for (const { target, path } of executables) {
    targets[target] = await writeArchives(folder, version, target, path);
  }
  const manifest: ReleaseManifest = { version, targets };
  const manifestText = JSON.stringify(manifest, null, 2) + "\n";
  await Deno.writeTextFile(join(folder, "manifest.json"), manifestText);
  await Deno.writeTextFile(join(folder, "SHA256SUMS"), checksumsOf(manifest));
  await writeNpmPackages(folder, manifest);
  const key = await publicKeyInfo();
  for (const installer of ["scripts/install.sh", "scripts/install.ps1"]) {
    const text = await Deno.readTextFile(installer);
    await Deno.writeTextFile(join(folder, basename(installer)), text.replace("@RELEASE_KEY@", key));
  }
  if (canSign()) await signRelease(folder);
}

async function writeArchives(
  folder: string,
  version: string,
  target: Target,
  executable: string,
): Promise<TargetRelease> {
  const name = executableName(target);
  const parts: Part[] = [
    // The first, where the npm package looks for it.
    { name, bytes: await Deno.readFile(executable), mode: 0o755 },
    { name: "LICENSE", bytes: await Deno.readFile("LICENSE"), mode: 0o644 },
  ];
  const base = join(folder, releaseName(version, target));
  await writeTar(`${base}.tar.gz`, parts);
  const archive = await describeFile(`${base}.tar.gz`);
  const described = { ...await describeFile(executable), name };
  if (!target.includes("windows")) return { archive, executable: described };
  await writeZip(`${base}.zip`, parts);
  return { archive, zip: await describeFile(`${base}.zip`), executable: described };
}
