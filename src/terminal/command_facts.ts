/** What help, the man pages and the reference say of a command, read from the command itself. */
import type { Command } from "@cliffy/command";
import { withoutColours } from "./width.ts";

// Cliffy tracks every option in eight type parameters; a table of different commands has none.
// deno-lint-ignore no-explicit-any
export type AnyCommand = Command<any, any, any, any, any, any, any, any>;

/** A name or flag, and what it does. */
export type Row = readonly [name: string, text: string];

export interface CommandFacts {
  /** `insforge db query`. */
  readonly path: string;
  /** The path, then what may follow it. */
  readonly usage: string;
  readonly description: string;
  readonly commands: readonly Row[];
  readonly options: readonly Row[];
  /** The same options under the titles that long lists have; `Options` where there are none. */
  readonly optionGroups: readonly { readonly title: string; readonly rows: readonly Row[] }[];
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
  return {
    path: command.getPath(),
    usage: usageOf(command),
    description: descriptionOf(command),
    commands: commandsOf(command, hidden)
      .map((sub) => [sub.getName(), descriptionOf(sub).split("\n")[0]!]),
    options: own.map(optionRow),
    optionGroups: [...Map.groupBy(own, ({ groupName = "Options" }) => groupName)]
      .map(([title, grouped]) => ({ title, rows: grouped.map(optionRow) })),
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
