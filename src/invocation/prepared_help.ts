/**
 * What help says of a command, from a table that the build makes of all of them: to make the
 * command again takes longer than all the rest of such a start.
 */
import { readPrepared } from "../files/prepared_files.ts";
import type { CommandFacts } from "../terminal/command_facts.ts";
import type { Invocation } from "./argv.ts";

/** The table among the prepared files: see {@link helpTable}. */
export const HELP_TABLE = "help/commands.txt";

/** A line for each command and group: its path, a tab, and its facts as JSON. */
export function helpTable(all: readonly CommandFacts[]): string {
  return ["", ...all.map((facts) => `${facts.path}\t${JSON.stringify(facts)}`), ""].join("\n");
}

/**
 * The facts of the command or group that words name, such as `db query`, or none the program;
 * `undefined` in a checkout, which has no table, and for what is no command. Reads the executable.
 */
export function helpFacts(words: readonly string[]): CommandFacts | undefined {
  if (!Deno.build.standalone) return undefined;
  const table = new TextDecoder().decode(readPrepared(HELP_TABLE));
  const key = `\n${["insforge", ...words].join(" ")}\t`;
  const found = table.indexOf(key);
  if (found === -1) return undefined;
  const start = found + key.length;
  return JSON.parse(table.slice(start, table.indexOf("\n", start)));
}

/** The facts of the command whose help is asked for, if there are any. */
export function preparedHelp(
  { about, args, command, operands, isGroup }: Invocation,
): CommandFacts | undefined {
  const isAsked = about === "help" || (isGroup && args.length === command.length);
  return isAsked && (!isGroup || operands.length === 0) ? helpFacts(command) : undefined;
}
