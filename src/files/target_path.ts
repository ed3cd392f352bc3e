/** Where an object of a folder goes on this machine, whatever its key says. */
import { basename, join } from "@std/path";

/** Names that Windows keeps for devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|(com|lpt)[\d¹²³]|conin\$|conout\$) *(\.|$)/i;
// deno-lint-ignore no-control-regex
const IMPOSSIBLE = /[\u0000-\u001f<>:"|?*\\]|[. ]$/;

/**
 * Names of downloads that are under way, see `partialPath`: a file of this name could be another's
 * beginning.
 */
const PARTIAL = /^\..*\.insforge-partial(\.etag)?$/i;

/**
 * What decides what git and this program do in the folder: no object of a bucket may. Windows has
 * short names for both.
 */
const OURS = /^(\.git|\.insforge|git~\d|insfor~\d)$/;

/**
 * The path of a key below a folder; undefined for a key that would lead out of it, or that no file
 * can have here.
 * @param rest the key, or the part of it that names the file within the folder
 */
export function targetPath(
  folder: string,
  rest: string,
  os: typeof Deno.build.os = Deno.build.os,
): string | undefined {
  const segments = rest.split("/");
  const isSafe = segments.every((segment) =>
    segment !== "" && segment !== "." && segment !== ".." && !segment.includes("\0") &&
    !PARTIAL.test(segment) && !OURS.test(folded(segment)) &&
    (os !== "windows" || !DEVICE.test(segment) && !IMPOSSIBLE.test(segment))
  );
  return isSafe ? join(folder, ...segments) : undefined;
}

/** What is the same for paths that are one file on this machine, where case does not tell files. */
export function fileIdentity(path: string, os: typeof Deno.build.os = Deno.build.os): string {
  return os === "windows" || os === "darwin" ? path.normalize("NFC").toLowerCase() : path;
}

/** What other spellings come to on systems that take one for the other. */
function folded(name: string): string {
  return name.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/[. ]+$/, "").toLowerCase();
}

/**
 * Where a single object goes unless a file is named: into a folder, under the last name of its key.
 */
export function usualTarget(folder: string, key: string): string | undefined {
  return targetPath(folder, basename(key.replaceAll("\\", "/")));
}
