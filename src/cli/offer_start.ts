/** Asks whether a stopped local backend is to be started: what the launcher does for a command. */
import { environmentVariable } from "../core/environment.ts";
import type { Invocation } from "../invocation/argv.ts";
import { terminalPrompt } from "../terminal/prompt.ts";
import { processTerminal } from "../terminal/terminal.ts";

/** Whether the user wants it started; never where nobody can be asked. */
export async function offerStart({ flags }: Invocation): Promise<boolean> {
  const terminal = processTerminal(environmentVariable);
  const json = flags.has("--json");
  if (!terminal.isInteractive || json) return false;
  const yes = flags.has("-y") || flags.has("--yes");
  const prompt = terminalPrompt(terminal, { yes, json });
  return await prompt.offer("The local backend of this directory is stopped. Start it?");
}
