/** What the command parser says of a command line, in this program's words. */
import type { AnyCommand } from "../terminal/command_facts.ts";
import { sentence, UsageError } from "../core/errors.ts";
import { type Invocation, withoutMarks } from "../invocation/argv.ts";
import { habitHint } from "./habits.ts";

const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^Missing argument\(s\): ([^,]+?)\.?$/, "Missing argument: $1."],
  [/^Missing argument\(s\): /, "Missing arguments: "],
  [
    /^Option "(.+?)" must be of type "integer", but got "(.*)"\.?$/,
    '$1 is a whole number, not "$2".',
  ],
  [/^No arguments allowed for command "(.+)"\.$/, "`$1` takes no arguments."],
];
const SUGGESTION = / Did you mean \w+ "(.+)"\?$/;

/**
 * The error of a command line that does not parse.
 * @param tree the commands, by which all that is missing is named at once
 */
export function usageErrorOf(
  error: Error,
  invocation: Pick<Invocation, "command" | "operands" | "flags">,
  tree?: AnyCommand,
): UsageError {
  const hint = `See \`${["insforge", ...invocation.command].join(" ")} --help\`.`;
  const missing = tree && /^Missing /.test(error.message) ? missingParts(tree, invocation) : [];
  if (missing.length > 0) return new UsageError(`Missing ${inWords(missing)}.`, { hint });
  const message = REWORDED.reduce(
    (text, [pattern, words]) => text.replace(pattern, words),
    withoutFarFetched(withoutMarks(error.message)),
  );
  const unknown = /^Unknown (?:command|option) "(.+?)"/.exec(message)?.[1];
  return new UsageError(sentence(message), {
    hint: (unknown && habitHint(invocation.command, unknown)) ?? hint,
    cause: error,
  });
}

/**
 * The operands and options that a command needs and a line has not; none where it has all options.
 */
function missingParts(
  tree: AnyCommand,
  { command: words, operands, flags }: Pick<Invocation, "command" | "operands" | "flags">,
): string[] {
  const command = words.reduce<AnyCommand | undefined>(
    (parent, word) => parent?.getCommand(word, true),
    tree,
  );
  const options = (command?.getOptions(true) ?? [])
    .filter((option) => option.required && !option.flags.some((flag) => flags.has(flag)))
    .map(({ flags }) => flags.at(-1)!);
  if (!command || options.length === 0) return [];
  const lacking = command.getArguments().slice(operands.length).filter(({ optional }) => !optional);
  return [...lacking.map(({ name }) => name), ...options];
}

function inWords(names: readonly string[]): string {
  const last = names.at(-1)!;
  return names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
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
  if (typed.length > 2 * name.length) return false;
  return distance(typed, name) <= Math.max(1, Math.floor(name.length / 3));
}

/** How many letters must be put in, left out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = row[j]! + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(change, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
