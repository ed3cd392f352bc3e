/** Where files lie that exist for a while only. */
import { basename, dirname, join } from "@std/path";
import { environmentVariable } from "../core/environment.ts";

/** The most bytes of a name that systems take. */
const MAX_NAME_BYTES = 255;
const TAG = ".etag";

/**
 * A hidden name for what belongs to a file; too long a one is cut, and told from others by a hash.
 */
export function hiddenName(target: string, suffix: string): string {
  return `.${shortened(basename(target), MAX_NAME_BYTES - 1 - suffix.length)}${suffix}`;
}

/** The name under which a download is written until it is whole: the next run goes on with it. */
export function partialPath(target: string): string {
  // Room for the tag, so that both are cut alike.
  const name = hiddenName(target, `.insforge-partial${TAG}`);
  return join(dirname(target), name.slice(0, -TAG.length));
}

/** Where the version of an object is kept whose download is under way. */
export function partialTagPath(target: string): string {
  return `${partialPath(target)}${TAG}`;
}

/** The file in which an invocation keeps a stream that it has to read twice. */
export function keptInputPath(token: string): string {
  return join(temporaryFolder(), `insforge-input-${token}`);
}

/** The folder that is an invocation's own, and is gone when it has ended. */
export function scratchPath(token: string): string {
  return join(temporaryFolder(), `insforge-scratch-${token}`);
}

function temporaryFolder(): string {
  return environmentVariable("TMPDIR") ?? environmentVariable("TEMP") ?? "/tmp";
}

/** The hash is FNV-1a. */
function shortened(name: string, mostBytes: number): string {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= mostBytes) return name;
  const hash = bytes.reduce(
    (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n),
    0xcbf29ce484222325n,
  );
  const start = new TextDecoder().decode(bytes.subarray(0, mostBytes - 20), { stream: true });
  return `${start}-${hash.toString(36)}`;
}

/** Where the old executable waits on Windows until nobody runs it any more. */
export function asidePath(executable: string): string {
  return `${executable}.old`;
}
