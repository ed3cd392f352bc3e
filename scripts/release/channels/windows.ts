/** The manifests of Scoop and of WinGet. */
import type { ReleaseManifest } from "../manifest.ts";
import { addressOf, HOMEPAGE, LICENSE, SUMMARY } from "./about.ts";
import { RELEASES } from "../../../src/releases/manifest.ts";

const TARGETS = {
  x64: { target: "x86_64-pc-windows-msvc", scoop: "64bit" },
  arm64: { target: "aarch64-pc-windows-msvc", scoop: "arm64" },
};
/** What WinGet calls the program. */
const IDENTIFIER = "InsForge.CLI";
const SCHEMA = "1.6.0";

/** `bucket/insforge.json`. */
export function scoopManifest(manifest: ReleaseManifest): string {
  const { version } = manifest;
  const zips = zipsOf(manifest);
  const each = <T>(of: (zip: typeof zips[number]) => T) =>
    Object.fromEntries(zips.map((zip) => [zip.scoop, of(zip)]));
  return JSON.stringify(
    {
      version,
      description: SUMMARY,
      homepage: HOMEPAGE,
      license: LICENSE,
      architecture: each(({ name, sha256 }) => ({ url: addressOf(version, name), hash: sha256 })),
      bin: "insforge.exe",
      checkver: { url: `${RELEASES}/latest/download/manifest.json`, jsonpath: "$.version" },
      autoupdate: {
        architecture: each(({ name }) => ({
          url: addressOf("$version", name.replace(version, "$version")),
        })),
        hash: { url: "$baseurl/SHA256SUMS" },
      },
    },
    null,
    4,
  ) + "\n";
}

/** The three files of a version, by their paths in WinGet's repository. */
export function wingetManifests(manifest: ReleaseManifest): Record<string, string> {
  const { version } = manifest;
  const head = (type: string) => [
    `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${type}.${SCHEMA}.schema.json`,
    `PackageIdentifier: ${IDENTIFIER}`,
    `PackageVersion: "${version}"`,
  ];
  const tail = (type: string) => [`ManifestType: ${type}`, `ManifestVersion: ${SCHEMA}`, ""];
  const installers = zipsOf(manifest).flatMap(({ architecture, name, sha256 }) => [
    `  - Architecture: ${architecture}`,
    `    InstallerUrl: ${addressOf(version, name)}`,
    `    InstallerSha256: ${sha256.toUpperCase()}`,
  ]);
  const folder = `winget/manifests/i/InsForge/CLI/${version}/${IDENTIFIER}`;
  return {
    [`${folder}.yaml`]: [...head("version"), "DefaultLocale: en-US", ...tail("version")].join("\n"),
    [`${folder}.installer.yaml`]: [
      ...head("installer"),
      "InstallerType: zip",
      "NestedInstallerType: portable",
      "NestedInstallerFiles:",
      "  - RelativeFilePath: insforge.exe",
      "    PortableCommandAlias: insforge",
      "Installers:",
      ...installers,
      ...tail("installer"),
    ].join("\n"),
    [`${folder}.locale.en-US.yaml`]: [
      ...head("defaultLocale"),
      "PackageLocale: en-US",
      "Publisher: InsForge",
      "PackageName: insforge",
      `PackageUrl: ${HOMEPAGE}`,
      `License: ${LICENSE}`,
      `ShortDescription: ${SUMMARY}`,
      ...tail("defaultLocale"),
    ].join("\n"),
  };
}

function zipsOf({ targets }: ReleaseManifest) {
  return Object.entries(TARGETS).flatMap(([architecture, { target, scoop }]) => {
    const zip = targets[target]?.zip;
    return zip ? [{ architecture, scoop, ...zip }] : [];
  });
}
