/** What a backend would refuse, found before anything is sent. */
import { DEPLOYMENT_LIMITS } from "../../../shared/contract/deployments.ts";
import { formatBytes } from "../../../terminal/bytes.ts";
import type { SourceFile } from "./select.ts";

/** How many files a sentence names. */
const NAMED = 3;

/** A sentence for each limit that the files exceed. */
export function exceededLimits(files: readonly SourceFile[]): string[] {
  const { files: mostFiles, bytes, pathLength } = DEPLOYMENT_LIMITS;
  const total = totalSize(files);
  const large = files.filter(({ size }) => size > bytes);
  const badPaths = files.filter(({ path }) => path.length > pathLength || path.includes("\\"));
  return [
    files.length > mostFiles &&
    `There are ${files.length} files; a deployment holds at most ${mostFiles}.`,
    large.length > 0 &&
    `No file may be larger than ${formatBytes(bytes)}: ${
      names(large.map(({ path, size }) => `${path} (${formatBytes(size)})`))
    }.`,
    large.length === 0 && total > bytes &&
    `The files are ${formatBytes(total)} together; a deployment holds at most ${
      formatBytes(bytes)
    }.`,
    badPaths.length > 0 &&
    `Paths with a backslash or more than ${pathLength} characters cannot be deployed: ${
      names(badPaths.map(({ path }) => path.slice(0, 80)))
    }.`,
  ].filter((sentence) => sentence !== false);
}

/** The bytes of files together. */
export function totalSize(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** A few names, and how many more there are. */
export function names(all: readonly string[], most = NAMED): string {
  const more = all.length - most;
  return all.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
