/**
 * Whether a path leads to a pipe or a device: reading one may never end, and none is ever replaced.
 */
export function isPipeOrDevice({ isFile, isDirectory }: Deno.FileInfo): boolean {
  return !isFile && !isDirectory;
}
