/** What is asked where somebody asks for help and for nothing else. */

const WISHES: readonly string[] = ["--help", "-h"];
const WORD = /^[a-z][a-z\d-]*$/;

/**
 * The words that name the command or group whose help is wanted: those of `help WORDS`,
 * `WORDS --help`, and of no word at all. Undefined for all that takes a closer look.
 */
export function plainHelp(args: readonly string[]): readonly string[] | undefined {
  if (args.length === 0) return [];
  const isFirst = args[0] === "help";
  if (!isFirst && !WISHES.includes(args.at(-1)!)) return undefined;
  const words = isFirst ? args.slice(1) : args.slice(0, -1);
  return words.every((word) => WORD.test(word) && word !== "help") ? words : undefined;
}
