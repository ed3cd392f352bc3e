/**
 * What help says of a command, from a table that the build makes of all of them: to make the
 * command again takes longer than all the rest of such a start.
 */
import { readPrepared } from "../files/prepared_files.ts";
import type { CommandFacts, Titled } from "../terminal/command_facts.ts";
import type { Invocation } from "./argv.ts";

/** The table among the prepared files: see {@link helpTable}. */
export const HELP_TABLE = "help/commands.txt";

/** The name of the line with what nearly all commands share. */
const SHARED = "global options";

/**
 * A line for each command and group: its path, a tab, and its facts as JSON. The global options
 * that most of them have stand on a line of their own; lists that the same lists under titles tell
 * are left out.
 */
export function helpTable(all: readonly CommandFacts[]): string {
  const shared = JSON.stringify(all.at(-1)?.globalOptions);
  const lines = all.map(({ path, ...facts }) => {
    const known = new Map<string, unknown>(Object.entries(untitled(facts)))
      .set("globalOptions", all.at(-1)?.globalOptions);
    const own = Object.entries(facts)
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(known.get(name)));
    return `${path}\t${JSON.stringify(Object.fromEntries(own))}`;
  });
  return ["", `${SHARED}\t${shared}`, ...lines, ""].join("\n");
}

/**
 * The facts of the command or group that words name, such as `db query`, or none the program;
 * `undefined` in a checkout, which has no table, and for what is no command. Reads the executable.
 */
export function helpFacts(words: readonly string[]): CommandFacts | undefined {
  if (!Deno.build.standalone) return undefined;
  const table = new TextDecoder().decode(readPrepared(HELP_TABLE));
  const path = ["insforge", ...words].join(" ");
  const facts = lineOf(table, path);
  return facts && { path, globalOptions: lineOf(table, SHARED), ...untitled(facts), ...facts };
}

/** What is under titles, without these. */
function untitled({ commandGroups, optionGroups }: Omit<CommandFacts, "path">) {
  const rowsOf = (groups: readonly Titled[]) => groups.flatMap(({ rows }) => rows);
  return { commands: rowsOf(commandGroups), options: rowsOf(optionGroups) };
}

/** The value on the line of a name. */
function lineOf(table: string, name: string) {
  const key = `\n${name}\t`;
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
