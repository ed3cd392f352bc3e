/** What the command parser says of a command line, in this program's words. */
import type { AnyCommand } from "../terminal/command_facts.ts";
import { sentence, UsageError } from "../core/errors.ts";
import { type Invocation, withoutMarks } from "../invocation/argv.ts";
import { listed } from "../terminal/plural.ts";
import { habitHint } from "./habits.ts";

const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^Missing argument\(s\): ([^,]+?)\.?$/, "Missing argument: $1."],
  [/^Missing argument\(s\): /, "Missing arguments: "],
  [
    /^Option "(.+?)" must be of type "integer", but got "(.*)"\.?$/,
    '$1 is a whole number, not "$2".',
  ],
  [
    /^Option "(.+?)" must be of type ".+?", but got "(.*)"\. Expected values: (.+?)\.?$/,
    '$1 is one of $3; it is "$2".',
  ],
  [/^Invalid option "/, 'Unknown option "'],
  [/^No arguments allowed for command "(.+)"\.$/, "`$1` takes no arguments."],
];
const SUGGESTION = / Did you mean (?:\w+ )?"(.+)"\?$/;

/**
 * The error of a command line that does not parse.
 * @param tree the commands, by which all that is missing is named at once
 */
export function usageErrorOf(
  error: Error,
  invocation: Pick<Invocation, "command" | "isGroup" | "operands" | "flags">,
  tree?: AnyCommand,
): UsageError {
  const hint = `See \`${["insforge", ...invocation.command].join(" ")} --help\`.`;
  const missing = tree && /^Missing /.test(error.message) ? missingParts(tree, invocation) : [];
  if (missing.length > 0) return new UsageError(`Missing ${listed(missing)}.`, { hint });
  const message = unknownCommand(invocation, tree) ?? REWORDED.reduce(
    (text, [pattern, words]) => text.replace(pattern, words),
    withoutFarFetched(withoutMarks(error.message)),
  );
  const unknown = /^Unknown (?:command|option) "(.+?)"/.exec(message)?.[1];
  const habit = unknown && habitHint(invocation.command, unknown);
  return new UsageError(sentence(habit ? message.replace(SUGGESTION, "") : message), {
    hint: habit ?? hint,
    cause: error,
  });
}

/** A word that a group does not have is what is wrong, whatever options come with it. */
function unknownCommand(
  { command, isGroup, operands: [word] }: Pick<Invocation, "command" | "isGroup" | "operands">,
  tree?: AnyCommand,
): string | undefined {
  if (!isGroup || word === undefined) return undefined;
  const names = commandOf(tree, command)?.getCommands().map((command) => command.getName()) ?? [];
  const [nearest] = names.filter((name) => isNear(word, name))
    .sort((a, b) => distance(word, a) - distance(word, b));
  return `Unknown command "${word}".${nearest ? ` Did you mean "${nearest}"?` : ""}`;
}

function commandOf(
  tree: AnyCommand | undefined,
  words: readonly string[],
): AnyCommand | undefined {
  return words.reduce((parent, word) => parent?.getCommand(word, true), tree);
}

/**
 * The operands and options that a command needs and a line has not; none where it has all options.
 */
function missingParts(
  tree: AnyCommand,
  { command: words, operands, flags }: Pick<Invocation, "command" | "operands" | "flags">,
): string[] {
  const command = commandOf(tree, words);
  const options = (command?.getOptions(true) ?? [])
    .filter((option) => option.required && !option.flags.some((flag) => flags.has(flag)))
    .map(({ flags }) => flags.at(-1)!);
  if (!command || options.length === 0) return [];
  const lacking = command.getArguments().slice(operands.length).filter(({ optional }) => !optional);
  return [...lacking.map(({ name }) => name), ...options];
}

/** The parser suggests the nearest name, however far away it is. */
function withoutFarFetched(message: string): string {
  const suggested = SUGGESTION.exec(message);
  const typed = /"(.+?)"/.exec(message)?.[1];
  if (!suggested || !typed) return message;
  const near = isNear(typed.replace(/^-+/, ""), suggested[1]!.replace(/^-+/, ""));
  return message.replace(SUGGESTION, near ? ` Did you mean "${suggested[1]}"?` : "");
}

function isNear(typed: string, name: string): boolean {
  if (typed.length >= 2 && name.startsWith(typed)) return true;
  if (typed.length < 2 || name.length < 2 || typed.length > 2 * name.length) return false;
  return distance(typed, name) <= Math.max(1, Math.floor(name.length / 3));
}

/**
 * How many letters must be put in, left out, changed or exchanged with their neighbour (optimal
 * string alignment).
 */
function distance(a: string, b: string): number {
  const first = Array.from({ length: b.length + 1 }, (_, index) => index);
  const rows = [first];
  for (let i = 0; i < a.length; i++) {
    const row = rows[i]!;
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = row[j]! + (a[i] === b[j] ? 0 : 1);
      const isSwapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swap = isSwapped ? rows[i - 1]![j - 1]! + 1 : Infinity;
      next.push(Math.min(change, swap, row[j + 1]! + 1, next[j]! + 1));
    }
    rows.push(next);
  }
  return rows[a.length]![b.length]!;
}
