/**
 * Writes what help says of each command to the prepared files, from which the executable shows it
 * without making the command: see src/invocation/prepared_help.ts. The build runs this.
 */
import { fromFileUrl } from "@std/path";
import { buildEveryCommand } from "../src/cli/command_tree.ts";
import { commands } from "../src/commands/mod.ts";
import { preparedFile } from "../src/core/program_files.ts";
import { HELP_TABLE, type HelpTable } from "../src/invocation/prepared_help.ts";
import { type AnyCommand, type CommandFacts, factsOf } from "../src/terminal/command_facts.ts";

const file = preparedFile(HELP_TABLE);
const root = await buildEveryCommand(commands, "");
const table: HelpTable = Object.fromEntries(everyFacts(root).map((facts) => [facts.path, facts]));
await Deno.mkdir(new URL("./", file), { recursive: true });
await Deno.writeTextFile(fromFileUrl(file), JSON.stringify(table));

function everyFacts(command: AnyCommand): CommandFacts[] {
  return [factsOf(command), ...command.getCommands().flatMap(everyFacts)];
}
