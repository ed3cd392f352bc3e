/** Files of the project that a function would read as it runs, where it has none. */
import { dirname, join } from "@std/path";
import { isThere, isWithin } from "../../files/real_path.ts";

/** The address of a file beside the module, as long as it stands there as it is. */
const ADDRESS =
  /\bnew URL\(\s*(["'`])(?<path>[^"'`$:?#\n]*\w)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * A warning for each file that is there, and that a source names by its address.
 * @param sources texts by their paths from the root
 */
export function filesAtRunTime(sources: Readonly<Record<string, string>>, root: string): string[] {
  const warnings = new Set<string>();
  for (const [source, text] of Object.entries(sources)) {
    for (const { groups } of text.matchAll(ADDRESS)) {
      const path = groups!.path!;
      const file = join(root, dirname(source), path);
      if (path.startsWith("/") || !isWithin(root, file) || !isThere(file)) continue;
      const way = path.endsWith(".wasm") ? "" : ' with { type: "text" } or { type: "bytes" }';
      warnings.add(`${source} names the file ${path}, which is not deployed: import it${way}.`);
    }
  }
  return [...warnings];
}
