/** The lines that were typed into the shell before. */
import { join } from "@std/path";
import { makePrivateFolder } from "../../../files/folders.ts";
import { writeFileAtomically } from "../../../files/atomic.ts";
import type { LaunchFacts } from "../../../invocation/launch_facts.ts";

const MOST_LINES = 1_000;

/** Reads them, newest first; none where there is no home folder or no file. */
export async function readHistory({ globalFolder }: LaunchFacts): Promise<string[]> {
  if (!globalFolder) return [];
  try {
    const text = await Deno.readTextFile(historyFile(globalFolder));
    return text.split("\n").filter(Boolean).reverse();
  } catch {
    return [];
  }
}

/**
 * Keeps them, newest first, in a file of mode 0600. A line that begins with a space is not kept: it
 * may hold a secret. What cannot be written is forgotten: history is a comfort.
 */
export async function writeHistory(
  { globalFolder }: LaunchFacts,
  lines: readonly string[],
): Promise<void> {
  if (!globalFolder) return;
  const kept = lines.filter((line) => line.trim() !== "" && !line.startsWith(" "))
    .slice(0, MOST_LINES).reverse();
  try {
    await makePrivateFolder(globalFolder);
    await writeFileAtomically(historyFile(globalFolder), `${kept.join("\n")}\n`);
  } catch {
    // Nothing of the work is lost.
  }
}

function historyFile(globalFolder: string): string {
  return join(globalFolder, "sql_history");
}
