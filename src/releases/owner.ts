/**
 * Who replaces an executable: the program itself, or a package manager that would not know of it.
 */
import { ownerFile } from "../config/paths.ts";

/** A package manager and its way to a newer version. */
export interface Owner {
  readonly name: string;
  readonly upgrade: string;
}

const PLACES: readonly (readonly [place: RegExp, owner: Owner])[] = [
  [/\/(Cellar|homebrew|linuxbrew)\//, { name: "Homebrew", upgrade: "brew upgrade insforge" }],
  [/\/node_modules\//, { name: "npm", upgrade: "npm install --global insforge@latest" }],
  [/^\/nix\/store\//, { name: "Nix", upgrade: "nix profile upgrade insforge" }],
  [/^\/snap\//, { name: "Snap", upgrade: "snap refresh insforge" }],
  [/\/mise\/installs\//, {
    name: "mise",
    upgrade: "mise upgrade github:InsForge/insforge-cli",
  }],
  [/\/\.asdf\/installs\//, { name: "asdf", upgrade: "asdf install insforge latest" }],
  [/\/scoop\/apps\//i, { name: "Scoop", upgrade: "scoop update insforge" }],
  [/\/chocolatey\//i, { name: "Chocolatey", upgrade: "choco upgrade insforge" }],
  [/\/WinGet\//i, { name: "WinGet", upgrade: "winget upgrade InsForge.CLI" }],
  // What a person puts somewhere by hand belongs into /usr/local or /opt.
  [/^\/(usr\/(?!local\/)|s?bin\/)/, {
    name: "the system's package manager",
    upgrade: "apt-get install --only-upgrade insforge",
  }],
];

/** The package manager that owns an executable, by its real path. Needs read access beside it. */
export function ownerOf(executable: string): Owner | undefined {
  return ownerByFile(executable) ?? ownerByPlace(executable);
}

/** The package manager that keeps its executables in such a place. */
export function ownerByPlace(executable: string): Owner | undefined {
  const path = executable.replaceAll("\\", "/");
  return PLACES.find(([place]) => place.test(path))?.[1];
}

function ownerByFile(executable: string): Owner | undefined {
  try {
    const text = Deno.readTextFileSync(ownerFile(executable));
    const { name, upgrade } = JSON.parse(text);
    return typeof name === "string" && typeof upgrade === "string" ? { name, upgrade } : undefined;
  } catch {
    return undefined;
  }
}
