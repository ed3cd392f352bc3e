/**
 * Writes what help says of each command to the prepared files, from which the executable shows it
 * without making the command: see src/invocation/prepared_help.ts. The build runs this.
 */
import { fromFileUrl } from "@std/path";
import { buildEveryCommand } from "../src/cli/command_tree.ts";
import { commands } from "../src/commands/mod.ts";
import { preparedFile } from "../src/core/program_files.ts";
import { HELP_TABLE, helpTable } from "../src/invocation/prepared_help.ts";
import { type AnyCommand, type CommandFacts, factsOf } from "../src/terminal/command_facts.ts";

const file = preparedFile(HELP_TABLE);
const root = await buildEveryCommand(commands, "");
const folder = new URL("./", file);
// What another version of this script made would only make the executable larger.
await Deno.remove(folder, { recursive: true }).catch(() => {});
await Deno.mkdir(folder, { recursive: true });
await Deno.writeTextFile(fromFileUrl(file), helpTable(everyFacts(root)));

function everyFacts(command: AnyCommand): CommandFacts[] {
  return [factsOf(command), ...command.getCommands().flatMap(everyFacts)];
}
