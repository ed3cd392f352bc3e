/**
 * Writes src/invocation/value_options.ts from the commands' own declarations: the launcher, which
 * loads no command, must know which options take the word that follows them. The build runs this.
 */
import { fromFileUrl } from "@std/path";
import { buildEveryCommand } from "../src/cli/command_tree.ts";
import { commands } from "../src/commands/mod.ts";
import type { AnyCommand } from "../src/terminal/command_facts.ts";

/** The generated file. */
export const VALUE_OPTIONS_FILE = fromFileUrl(
  new URL("../src/invocation/value_options.ts", import.meta.url),
);

/** The text that the file should hold. */
export async function valueOptionsSource(): Promise<string> {
  const names = valueOptionsOf(listed(await buildEveryCommand(commands, "")));
  return `/** Written by scripts/value_options.ts from the commands: do not edit. */

/** The options that take a value in every command that has them. */
export const VALUE_OPTIONS: ReadonlySet<string> = new Set([
${names.map((name) => `  ${JSON.stringify(name)},\n`).join("")}]);
`;
}

/** The name of an option that is a flag of another command does not say that a value follows. */
function valueOptionsOf(commands: readonly AnyCommand[]): string[] {
  const takesValue = new Map<string, boolean>();
  for (const option of commands.flatMap((command) => command.getOptions(true))) {
    const takes = option.args.length > 0 && !option.args[0]!.optional;
    for (const flag of option.flags) takesValue.set(flag, takes && takesValue.get(flag) !== false);
  }
  return [...takesValue].filter(([, takes]) => takes).map(([flag]) => flag).sort();
}

function listed(command: AnyCommand): AnyCommand[] {
  return [command, ...command.getCommands(true).flatMap(listed)];
}

if (import.meta.main) {
  const text = await valueOptionsSource();
  const current = await Deno.readTextFile(VALUE_OPTIONS_FILE).catch(() => "");
  if (text !== current) await Deno.writeTextFile(VALUE_OPTIONS_FILE, text);
}
