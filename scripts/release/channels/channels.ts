/**
 * What package managers need to know of a release, from its manifest alone, and Linux's packages:
 * `deno run … scripts/release/channels/channels.ts FOLDER` adds `channels/` to a release's folder,
 * with a folder for each of them, and `.deb` and `.rpm` to the release itself, with their digests.
 */
import { dirname, join } from "@std/path";
import { checksumsOf, describeFile, type ReleaseManifest } from "../manifest.ts";
import { signRelease } from "../sign.ts";
import { canSign } from "../signing_key.ts";
import { formula } from "./homebrew.ts";
import { asdfPlugin, nixFlake, pkgbuild } from "./unix.ts";
import { scoopManifest, wingetManifests } from "./windows.ts";
import { writeSystemPackages } from "./system_packages.ts";

/** The files of all channels, by their paths. */
export function channelFiles(manifest: ReleaseManifest): Record<string, string> {
  return {
    "homebrew/Formula/insforge.rb": formula(manifest),
    "scoop/bucket/insforge.json": scoopManifest(manifest),
    ...wingetManifests(manifest),
    "aur/PKGBUILD": pkgbuild(manifest),
    "nix/flake.nix": nixFlake(manifest),
    ...asdfPlugin(),
  };
}

/** Writes them into the folder of a release. */
export async function writeChannels(folder: string): Promise<void> {
  const manifest = JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
  for (const [path, text] of Object.entries(channelFiles(manifest))) {
    const file = join(folder, "channels", path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
  const packages = await writeSystemPackages(folder, manifest);
  const described = await Promise.all(packages.map((name) => describeFile(join(folder, name))));
  const lines = described.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  await Deno.writeTextFile(join(folder, "SHA256SUMS"), checksumsOf(manifest) + lines.join(""));
  if (canSign()) await signRelease(folder);
}

if (import.meta.main) await writeChannels(Deno.args[0]!);
