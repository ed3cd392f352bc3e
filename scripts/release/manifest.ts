/** What a release consists of: `manifest.json` for programs, `SHA256SUMS` for people and shells. */
import { basename } from "@std/path";
import type { ReleaseFile } from "../../src/releases/manifest.ts";

/** What a release has for one platform. */
export interface TargetRelease {
  /** The `.tar.gz`, which every platform has. */
  readonly archive: ReleaseFile;
  /** The same as `.zip`, on Windows. */
  readonly zip?: ReleaseFile;
  /** What both hold. */
  readonly executable: ReleaseFile;
}

/** `manifest.json`. */
export interface ReleaseManifest {
  readonly version: string;
  readonly targets: Readonly<Record<string, TargetRelease>>;
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
    .flatMap(({ archive, zip }) => zip ? [archive, zip] : [archive])
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join("");
}
