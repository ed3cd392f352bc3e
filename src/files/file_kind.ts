/**
 * Whether a path leads to a pipe or a device: reading one may never end, and none is ever replaced.
 */
export function isPipeOrDevice({ isFile, isDirectory }: Deno.FileInfo): boolean {
  return !isFile && !isDirectory;
}

/**
 * Whether a file that its owner alone may read has another name as well: an archive that was
 * unpacked can give one to a file of keys. Systems without modes or counts of names tell none.
 */
export function isPrivateHardLink({ isFile, nlink, mode }: Deno.FileInfo): boolean {
  return isFile && (nlink ?? 1) > 1 && mode !== null && (mode & 0o077) === 0;
}
