/** Where files lie that exist for a while only. */
import { basename, dirname, join } from "@std/path";
import { environmentVariable } from "../invocation/environment.ts";

/** The most bytes of a name to which `partialPath` and `partialTagPath` add theirs: systems take 255. */
const MAX_NAME_BYTES = 232;

/** The name under which a file is written until it is whole. */
export function partialPath(target: string): string {
  return join(dirname(target), `.${shortened(basename(target))}.insforge-partial`);
}

/** A name that is too long is cut, and told from others by a hash (FNV-1a). */
function shortened(name: string): string {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= MAX_NAME_BYTES) return name;
  const hash = bytes.reduce(
    (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n),
    0xcbf29ce484222325n,
  );
  const start = new TextDecoder().decode(bytes.subarray(0, MAX_NAME_BYTES - 20), { stream: true });
  return `${start}-${hash.toString(36)}`;
}

/** Where the version of an object is kept whose download is under way. */
export function partialTagPath(target: string): string {
  return `${partialPath(target)}.etag`;
}

/** The file in which this process keeps a stream that it has to read twice. */
export function keptInputPath(): string {
  const folder = environmentVariable("TMPDIR") ?? environmentVariable("TEMP") ?? "/tmp";
  return join(folder, `insforge-input-${Deno.pid}`);
}
