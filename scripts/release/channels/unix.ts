/** What Arch Linux, Nix, mise and asdf install from. */
import { type ReleaseManifest, smallestOf } from "../manifest.ts";
import { RELEASES } from "../../../src/releases/manifest.ts";
import { addressOf, HOMEPAGE, LICENSE, SUMMARY } from "./about.ts";
import { OWNERS, ownerText } from "./owners.ts";

const PROCESSORS = ["x86_64", "aarch64"] as const;

/** The `PKGBUILD` of `insforge-bin` in the AUR. */
export function pkgbuild({ version, targets }: ReleaseManifest): string {
  const found = PROCESSORS.filter((processor) => targets[linux(processor)]);
  // In Arch's versions a hyphen stands before the number of the package.
  const own = version.replaceAll("-", "_");
  return [
    "pkgname=insforge-bin",
    `pkgver=${own}`,
    "pkgrel=1",
    `pkgdesc="${SUMMARY}"`,
    `arch=(${found.map((processor) => `'${processor}'`).join(" ")})`,
    `url="${HOMEPAGE}"`,
    `license=('${LICENSE}')`,
    "depends=('glibc' 'gcc-libs')",
    "provides=('insforge')",
    "conflicts=('insforge')",
    "# What the program carries lies behind its sections: to strip it destroys it.",
    "options=('!strip' '!debug')",
    ...found.flatMap((processor) => {
      const archive = smallestOf(targets[linux(processor)]!);
      return [
        `source_${processor}=("${addressOf(version, archive.name)}")`,
        `sha256sums_${processor}=('${archive.sha256}')`,
      ];
    }),
    "",
    "package() {",
    '  install -Dm755 insforge "$pkgdir/usr/lib/insforge/insforge"',
    '  install -Dm644 LICENSE "$pkgdir/usr/share/licenses/$pkgname/LICENSE"',
    '  install -d "$pkgdir/usr/bin"',
    '  ln -s ../lib/insforge/insforge "$pkgdir/usr/bin/insforge"',
    `  printf '%s\\n' '${ownerText(OWNERS.aur)}' >"$pkgdir/usr/lib/insforge/insforge.owner.json"`,
    "}",
    "",
  ].join("\n");
}

/** A flake that has `packages.SYSTEM.default`. */
export function nixFlake({ version, targets }: ReleaseManifest): string {
  const systems = { "x86_64-linux": linux("x86_64"), "aarch64-linux": linux("aarch64") };
  const macs = { "x86_64-darwin": "x86_64-apple-darwin", "aarch64-darwin": "aarch64-apple-darwin" };
  const sources = Object.entries({ ...systems, ...macs }).flatMap(([system, target]) => {
    const release = targets[target];
    if (!release) return [];
    const archive = smallestOf(release);
    return [
      `        ${system} = {`,
      `          url = "${addressOf(version, archive.name)}";`,
      `          sha256 = "${archive.sha256}";`,
      "        };",
    ];
  });
  return `{
  description = "${SUMMARY}";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = { self, nixpkgs }:
    let
      sources = {
${sources.join("\n")}
      };
      packageFor = system: source:
        let
          pkgs = nixpkgs.legacyPackages.\${system};
          files = pkgs.stdenv.mkDerivation {
            pname = "insforge";
            version = "${version}";
            src = pkgs.fetchurl source;
            sourceRoot = ".";
            # What the program carries lies at fixed places behind its sections: neither strip nor
            # patchelf may touch it.
            dontStrip = true;
            dontPatchELF = true;
            installPhase = "install -Dm755 insforge $out/bin/insforge";
            meta = {
              homepage = "${HOMEPAGE}";
              license = pkgs.lib.licenses.asl20;
              mainProgram = "insforge";
            };
          };
          # So on Linux it starts where glibc's loader lies at its usual place.
          usual = pkgs.buildFHSEnv {
            name = "insforge";
            targetPkgs = packages: [ packages.stdenv.cc.cc.lib ];
            runScript = "\${files}/bin/insforge";
          };
        in if pkgs.stdenv.isLinux then usual else files;
    in {
      packages = builtins.mapAttrs (system: source: { default = packageFor system source; }) sources;
    };
}
`;
}

/**
 * The scripts of a plugin for asdf; mise needs none: `mise use -g github:InsForge/insforge-cli`.
 */
export function asdfPlugin(): Record<string, string> {
  const repository = RELEASES.replace(/\/releases$/, "");
  return {
    "asdf/bin/list-all": `#!/bin/sh
# Prints all versions in one line, the oldest first.
set -eu
git ls-remote --tags --refs ${repository} 'v*' |
  sed 's|.*refs/tags/v||' | sort -V | tr '\\n' ' '
`,
    "asdf/bin/install": `#!/bin/sh
# Installs ASDF_INSTALL_VERSION into ASDF_INSTALL_PATH.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl --proto '=https' --tlsv1.2 -fsSL -o "$work/install.sh" \\
  "${RELEASES}/download/v$ASDF_INSTALL_VERSION/install.sh"
sh "$work/install.sh" --version "$ASDF_INSTALL_VERSION" --to "$ASDF_INSTALL_PATH/bin"
`,
  };
}

function linux(processor: typeof PROCESSORS[number]): string {
  return `${processor}-unknown-linux-gnu`;
}
