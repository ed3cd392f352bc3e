/** A first look at the command line, just deep enough to know which grants apply. */
import { type Declarations, type Declared, findCommand } from "./declarations.ts";
import type { Reach } from "./grants/reach.ts";
import { VALUE_OPTIONS } from "./value_options.ts";

/** The words and values of a command line, before any meaning is given to them. */
export interface Invocation {
  /** The arguments as typed. */
  readonly args: readonly string[];
  /** The words that name the command, such as `db query`; none where there is no such command. */
  readonly command: readonly string[];
  /** Whether the words name a group of commands, or none at all. */
  readonly isGroup: boolean;
  /** What the declaration of the command says that it may reach. */
  readonly reach: Reach;
  /** What the declaration says that it does to what is there. */
  readonly effect?: Declared["effect"];
  /** The operands behind the command's words. */
  readonly operands: readonly string[];
  /** Every value given to an option, by the option's name as typed. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Every option name that was typed, with or without a value. */
  readonly flags: ReadonlySet<string>;
  /** What is asked for instead of the command's work: `help`, `--help` or `--version`. */
  readonly about?: "help" | "version";
  /** Help, which a group alone stands for, the version and completions touch nothing. */
  readonly needsNoSandbox: boolean;
}

/** These take the next word as well, unless that is an option. */
const OPTIONAL_VALUES: ReadonlySet<string> = new Set(["--flag-destructive", "--guard"]);

/**
 * Splits `args` into words and options. `help` before a command, or before one of a group, asks for
 * its help. An option of {@link VALUE_OPTIONS} takes the next word.
 */
export function readInvocation(args: readonly string[], commands: Declarations): Invocation {
  if (args[0] === "help") return readInvocation([...args.slice(1), "--help"], commands);
  const words: string[] = [];
  const places: number[] = [];
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === "--") {
      words.push(...args.slice(index + 1));
      break;
    }
    if (isOperand(arg)) {
      words.push(arg);
      places.push(index);
      continue;
    }
    const { name, value } = splitOption(arg);
    flags.add(name);
    const takesNext = VALUE_OPTIONS.has(name) ||
      (OPTIONAL_VALUES.has(name) && !(args[index + 1] ?? "-").startsWith("-"));
    const taken = value ?? (takesNext ? args[++index] : undefined);
    if (taken !== undefined) values.set(name, [...(values.get(name) ?? []), taken]);
  }
  const { path: command, found } = findCommand(commands, words);
  const about = aboutOf(flags);
  const isGroup = found === undefined || found.commands !== undefined;
  const operands = words.slice(command.length);
  const place = places[command.length];
  if (isGroup && operands[0] === "help" && place !== undefined) {
    return readInvocation([...args.toSpliced(place, 1), "--help"], commands);
  }
  const isBare = isGroup && operands.length === 0;
  return {
    args,
    command,
    isGroup,
    reach: found?.reach ?? {},
    operands,
    effect: found?.effect,
    values,
    flags,
    about,
    needsNoSandbox: isBare || command[0] === "completions" || about !== undefined,
  };
}

/**
 * Rewrites a command line so that Cliffy takes every value as the user meant it: operands after
 * `--` stay operands although they begin with a dash. {@link restoreOperand} undoes the marking.
 */
export function protectOperands(args: readonly string[]): string[] {
  const found = args.indexOf("--");
  const end = found === -1 ? args.length : found;
  const marked = args.slice(0, end).flatMap((arg) => {
    // The parser would take an empty value for none, and the next argument for the value.
    const [, name] = /^(--?[\w-]+)=$/.exec(arg) ?? [];
    if (name) return [name, MARK];
    return [arg === "" ? MARK : arg.startsWith("--") && isOperand(arg) ? MARK + arg : arg];
  });
  // No argument of a process can hold NUL, so the mark cannot collide.
  const literal = args.slice(end + 1).map((arg) => arg.startsWith("-") ? MARK + arg : arg);
  return [...marked, ...literal];
}

/** Takes the mark of {@link protectOperands} off again, also in lists. */
export function restoreOperand<T>(value: T): T {
  if (Array.isArray(value)) return value.map(restoreOperand) as T;
  return typeof value === "string" && value.startsWith(MARK) ? value.slice(1) as T : value;
}

/** A message of the parser about marked arguments, as the user typed them. */
export function withoutMarks(message: string): string {
  return message.replaceAll(MARK, "");
}

const MARK = "\0";

/** What is no option: SQL may begin with a comment, `-- such as this`. */
function isOperand(arg: string): boolean {
  return !arg.startsWith("-") || arg === "-" ||
    (arg.startsWith("--") && !/^--[\w-]+(=|$)/.test(arg));
}

function aboutOf(flags: ReadonlySet<string>): Invocation["about"] {
  if (flags.has("--help") || flags.has("-h")) return "help";
  return flags.has("--version") || flags.has("-V") ? "version" : undefined;
}

function splitOption(arg: string): { name: string; value?: string } {
  const equals = arg.indexOf("=");
  return equals === -1
    ? { name: arg }
    : { name: arg.slice(0, equals), value: arg.slice(equals + 1) };
}
