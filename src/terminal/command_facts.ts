/** What help, the man pages and the reference say of a command, read from the command itself. */
import type { Command } from "@cliffy/command";
import { withoutColours } from "./width.ts";

// Cliffy tracks every option in eight type parameters; a table of different commands has none.
// deno-lint-ignore no-explicit-any
export type AnyCommand = Command<any, any, any, any, any, any, any, any>;

/** A name or flag, and what it does. */
export type Row = readonly [name: string, text: string];

/** A part of a long list. */
export interface Titled {
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface CommandFacts {
  /** `insforge db query`. */
  readonly path: string;
  /** The path, then what may follow it. */
  readonly usage: string;
  readonly description: string;
  readonly commands: readonly Row[];
  /** The same commands under the titles that long lists have; `Commands` where there are none. */
  readonly commandGroups: readonly Titled[];
  readonly options: readonly Row[];
  /** The same options under the titles that long lists have; `Options` where there are none. */
  readonly optionGroups: readonly Titled[];
  /** The options that every command takes. */
  readonly globalOptions: readonly Row[];
  readonly examples: readonly { readonly purpose: string; readonly line: string }[];
}

/** What the library adds to every command, and to the program, only once it parses. */
export const HELP_OPTION: Row = ["-h, --help", "Show this help."];
export const VERSION_OPTION: Row = ["-V, --version", "Show the version."];

/** Reads a command; `hidden` also what its help leaves out. */
export function factsOf(command: AnyCommand, hidden = false): CommandFacts {
  const options = command.getOptions(hidden);
  const added = command.getParent() ? [HELP_OPTION] : [HELP_OPTION, VERSION_OPTION];
  const rest = options.filter(({ name }) => name !== "help" && name !== "version");
  const own = rest.filter(({ global }) => !global);
  const commands = commandsOf(command, hidden);
  return {
    path: command.getPath(),
    usage: usageOf(command),
    description: descriptionOf(command),
    commands: commands.map(commandRow),
    commandGroups: titled(commands, (sub) => sub.getMeta("heading") ?? "Commands", commandRow),
    options: own.map(optionRow),
    optionGroups: titled(own, ({ groupName = "Options" }) => groupName, optionRow),
    globalOptions: [...added, ...rest.filter(({ global }) => global).map(optionRow)],
    examples: command.getExamples()
      .map(({ name, description }) => ({ purpose: name, line: description })),
  };
}

/** The commands below a command, without the one that only completion scripts call. */
export function commandsOf(command: AnyCommand, hidden: boolean): AnyCommand[] {
  return command.getCommands(hidden).filter((sub) => sub.getName() !== "complete");
}

/** The library colours the descriptions of its own commands, also where none are wanted. */
function descriptionOf(command: AnyCommand): string {
  return withoutColours(command.getDescription());
}

function usageOf(command: AnyCommand): string {
  const words = [command.getPath()];
  if (command.getCommands().length > 0) words.push("<command>");
  const operands = command.getArgsDefinition();
  if (operands) words.push(withoutTypes(operands));
  words.push("[options]");
  return words.join(" ");
}

function titled<T>(all: readonly T[], titleOf: (one: T) => string, rowOf: (one: T) => Row) {
  return [...Map.groupBy(all, titleOf)]
    .map(([title, grouped]) => ({ title, rows: grouped.map(rowOf) }));
}

function commandRow(command: AnyCommand): Row {
  return [command.getName(), descriptionOf(command).split("\n")[0]!];
}

function optionRow(
  option: {
    flags: readonly string[];
    typeDefinition?: string;
    description: string;
    default?: unknown;
  },
): Row {
  const isWorthTelling = ["string", "number"].includes(typeof option.default);
  const text = isWorthTelling
    ? `${option.description.replace(/\.$/, "")} (default: ${option.default}).`
    : option.description;
  const name = `${option.flags.join(", ")} ${withoutTypes(option.typeDefinition ?? "")}`.trim();
  return [name, text];
}

/** `<limit:integer>` reads `<limit>`. */
function withoutTypes(definition: string): string {
  return definition.replaceAll(/:[a-z]+/g, "");
}
