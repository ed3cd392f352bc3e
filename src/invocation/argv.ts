/** A first look at the command line, just deep enough to know which grants apply. */

/** The options, other than global ones, that take a value; a test holds this against the tree. */
export const VALUE_OPTIONS: ReadonlySet<string> = new Set([
  "--active",
  "--api-base-url",
  "--api-key",
  "--api-url",
  "--body",
  "--bucket",
  "--client-id",
  "--concurrency",
  "--content-type",
  "--cron",
  "--data",
  "--data-dir",
  "--description",
  "--env",
  "--env-file",
  "--expires",
  "--file",
  "--format",
  "--grace",
  "--grep",
  "--header",
  "--headers",
  "--key",
  "--lang",
  "--limit",
  "--man",
  "--meta",
  "--method",
  "--name",
  "--offset",
  "--org-id",
  "--output",
  "-o",
  "--port",
  "--prefix",
  "--project-id",
  "--region",
  "--row-limit",
  "--search",
  "--since",
  "--sort",
  "--tables",
  "--template",
  "--timeout",
  "--to",
  "--url",
  "--user-api-key",
  "--value",
]);

/** The words and values of a command line, before any meaning is given to them. */
export interface Invocation {
  /** Operands in order: the command path first, then its arguments. */
  readonly operands: readonly string[];
  /** Every value given to an option, by the option's name as typed. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Every option name that was typed, with or without a value. */
  readonly flags: ReadonlySet<string>;
  /** Help, completions and a bare group touch nothing. */
  readonly needsNoSandbox: boolean;
}

/** Splits `args` into operands and options; an option of {@link VALUE_OPTIONS} takes the next word. */
export function readInvocation(args: readonly string[]): Invocation {
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === "--") {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (arg === "-" || !arg.startsWith("-")) {
      operands.push(arg);
      continue;
    }
    const { name, value } = splitOption(arg);
    flags.add(name);
    const taken = value ?? (VALUE_OPTIONS.has(name) ? args[++index] : undefined);
    if (taken !== undefined) values.set(name, [...(values.get(name) ?? []), taken]);
  }
  return { operands, values, flags, needsNoSandbox: touchesNothing(operands, flags) };
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
    return name ? [name, MARK] : [arg === "" ? MARK : arg];
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

function splitOption(arg: string): { name: string; value?: string } {
  const equals = arg.indexOf("=");
  return equals === -1
    ? { name: arg }
    : { name: arg.slice(0, equals), value: arg.slice(equals + 1) };
}

function touchesNothing(operands: readonly string[], flags: ReadonlySet<string>): boolean {
  return operands.length === 0 || operands[0] === "completions" || flags.has("--help") ||
    flags.has("-h");
}
