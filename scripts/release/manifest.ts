/** What a release consists of: `manifest.json` for programs, `SHA256SUMS` for people and shells. */
import { basename } from "@std/path";
import type { ReleaseFile } from "../../src/releases/manifest.ts";

/** What a release has for one platform. */
export interface TargetRelease {
  /** The `.tar.gz`, which every platform has. */
  readonly archive: ReleaseFile;
  /** The same as `.zip`, on Windows. */
  readonly zip?: ReleaseFile;
  /** The same as `.tar.xz`, elsewhere, where the build had the program `xz`. */
  readonly xz?: ReleaseFile;
  /** What all of them hold. */
  readonly executable: ReleaseFile;
}

/** `manifest.json`. */
export interface ReleaseManifest {
  readonly version: string;
  readonly targets: Readonly<Record<string, TargetRelease>>;
}

/** What package managers of Linux and macOS fetch: all of them unpack both. */
export function smallestOf({ archive, xz }: TargetRelease): ReleaseFile {
  return xz ?? archive;
}

/** The size and digest of a file. */
export async function describeFile(path: string): Promise<ReleaseFile> {
  const bytes = await Deno.readFile(path);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { name: basename(path), size: bytes.length, sha256: digest.toHex() };
}

/** The lines that `sha256sum --check` reads, one an archive. */
export function checksumsOf({ targets }: ReleaseManifest): string {
  return Object.values(targets)
    .flatMap(({ archive, zip, xz }) => [archive, zip, xz].filter((file) => file !== undefined))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join("");
}
