/** A file system error in a few words, without the operation that Deno appends. */
export function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return "outside of what this command may touch";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (error instanceof Deno.errors.NotADirectory) return "a part of the path is not a directory";
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error \d+\)/, "").split(/[:,]/)[0]!.trim().toLowerCase();
}
