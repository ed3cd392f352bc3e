/**
 * What help says of a command, from a table that the build makes of all of them: to make the
 * command again takes longer than all the rest of such a start.
 */
import { readPrepared } from "../files/prepared_files.ts";
import type { CommandFacts } from "../terminal/command_facts.ts";
import type { Invocation } from "./argv.ts";

/** The table among the prepared files: {@link HelpTable} as JSON. */
export const HELP_TABLE = "help/commands.json";

/** The facts of each command and group by its path, such as `insforge db query`. */
export type HelpTable = Readonly<Record<string, CommandFacts>>;

/**
 * The facts of the command whose help is asked for; `undefined` in a checkout, which has no table,
 * and for what is no command. Reads the executable.
 */
export function preparedHelp(
  { about, args, command, operands, isGroup }: Invocation,
): CommandFacts | undefined {
  const isAsked = about === "help" || (isGroup && args.length === command.length);
  if (!isAsked || !Deno.build.standalone || (isGroup && operands.length > 0)) return undefined;
  const table: HelpTable = JSON.parse(new TextDecoder().decode(readPrepared(HELP_TABLE)));
  return table[["insforge", ...command].join(" ")];
}
