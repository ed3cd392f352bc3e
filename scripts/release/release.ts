/** Makes the files of a release out of compiled executables, in `dist/release`. */
import { basename, join } from "@std/path";
import { type Part, writeTarGz, writeTarXz, writeZip } from "./archive.ts";
import { checksumsOf, describeFile, type ReleaseManifest, type TargetRelease } from "./manifest.ts";
import { writeNpmPackages } from "./npm_packages.ts";
import { signRelease } from "./sign.ts";
import { canSign, publicKeyInfo } from "./signing_key.ts";
import { executableName, releaseName, type Target } from "./targets.ts";

/** What `xz` takes by itself: denser is 1 % smaller, and takes twice the memory to unpack. */
const RELEASE_XZ_LEVEL = 6;

/** An executable and the platform it was compiled for. */
export interface Compiled {
  readonly target: Target;
  readonly path: string;
}

/**
 * Writes archives, `SHA256SUMS`, `manifest.json`, their signatures and the npm packages into
 * `folder`.
 * @param xzLevel of the `.tar.xz`: what nobody downloads need not be small
 */
export async function writeRelease(
  folder: string,
  version: string,
  executables: readonly Compiled[],
  xzLevel = RELEASE_XZ_LEVEL,
): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const targets: Record<string, TargetRelease> = {};
  for (const { target, path } of executables) {
    const parts = await partsOf(target, path);
    const base = join(folder, releaseName(version, target));
    targets[target] = {
      ...await writeArchives(base, parts, target, xzLevel),
      executable: { ...await describeFile(path), name: executableName(target) },
    };
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

async function partsOf(target: Target, executable: string): Promise<Part[]> {
  return [
    // The first, where the npm package looks for it.
    { name: executableName(target), bytes: await Deno.readFile(executable), mode: 0o755 },
    { name: "LICENSE", bytes: await Deno.readFile("LICENSE"), mode: 0o644 },
  ];
}

async function writeArchives(
  base: string,
  parts: readonly Part[],
  target: Target,
  xzLevel: number,
): Promise<Omit<TargetRelease, "executable">> {
  await writeTarGz(`${base}.tar.gz`, parts);
  const archive = await describeFile(`${base}.tar.gz`);
  if (target.includes("windows")) {
    await writeZip(`${base}.zip`, parts);
    return { archive, zip: await describeFile(`${base}.zip`) };
  }
  try {
    await writeTarXz(`${base}.tar.xz`, parts, xzLevel);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(`Without the program xz there is no ${basename(base)}.tar.xz.`);
    return { archive };
  }
  return { archive, xz: await describeFile(`${base}.tar.xz`) };
}
