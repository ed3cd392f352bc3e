/** Help as the build has prepared it, shown without the launcher: there is nothing to decide. */
import { environmentVariable } from "./core/environment.ts";
import { helpFacts } from "./invocation/prepared_help.ts";
import { renderHelp } from "./terminal/help.ts";
import { processTerminal } from "./terminal/terminal.ts";

/**
 * Shows the help of a command or group.
 * @returns false where that did not work, for the launcher to say why, or to suggest another word
 */
export async function showHelp(words: readonly string[]): Promise<boolean> {
  try {
    const facts = helpFacts(words);
    if (!facts) return false;
    const { colour, columns, writeOut } = processTerminal(environmentVariable);
    const text = renderHelp(facts, { coloured: colour.stdout, columns: columns() });
    await writeOut(new TextEncoder().encode(`${text}\n`));
    return true;
  } catch {
    return false;
  }
}
