/** What the command parser says of a command line, in this program's words. */
import { sentence, UsageError } from "../core/errors.ts";
import { withoutMarks } from "../invocation/argv.ts";

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

/** The error of a command line that does not parse; `command` the words that name its command. */
export function usageErrorOf(error: Error, command: readonly string[]): UsageError {
  const message = REWORDED.reduce(
    (text, [pattern, words]) => text.replace(pattern, words),
    withoutFarFetched(withoutMarks(error.message)),
  );
  return new UsageError(sentence(message), {
    hint: `See \`${["insforge", ...command].join(" ")} --help\`.`,
    cause: error,
  });
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
