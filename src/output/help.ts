/** The help text of a command, laid out for the terminal's width. */
import type { AnyCommand } from "../tree.ts";
import { styleFor } from "./style.ts";
import { pad, widthOf, wrap } from "./width.ts";

export interface HelpSettings {
  readonly coloured: boolean;
  /** The terminal's columns; undefined for a pipe. */
  readonly columns?: number;
}

const WIDEST = 100;
const NAME_LIMIT = 34;

/** Describes a command: usage, purpose, commands, options, examples. */
export function renderHelp(command: AnyCommand, settings: HelpSettings): string {
  const style = styleFor(settings.coloured);
  const columns = Math.min(settings.columns ?? 80, WIDEST);
  const lines: string[] = [];
  const section = (title: string, rows: readonly (readonly [string, string])[]) => {
    if (rows.length === 0) return;
    const width = Math.min(Math.max(...rows.map(([name]) => widthOf(name))), NAME_LIMIT);
    lines.push("", style.bold(title));
    for (const [name, text] of rows) {
      const [first = "", ...rest] = wrap(text, columns - width - 4);
      if (widthOf(name) > width) lines.push(`  ${style.accent(name)}`, indent(first, width));
      else lines.push(`  ${style.accent(pad(name, width))}  ${first}`.trimEnd());
      lines.push(...rest.map((line) => indent(line, width)));
    }
  };
  lines.push(`${style.bold("Usage:")} ${usageOf(command)}`, "");
  lines.push(...wrap(command.getDescription(), columns));
  section("Commands", command.getCommands().map((sub) => [sub.getName(), firstLine(sub)]));
  section("Options", optionRows(command, false));
  section("Global options", optionRows(command, true));
  const examples = command.getExamples();
  if (examples.length > 0) lines.push("", style.bold("Examples"));
  for (const { name, description } of examples) {
    lines.push(...wrap(name, columns - 2).map((line) => `  ${style.dim(line)}`));
    lines.push(...description.split("\n").map((line) => `    ${line}`));
  }
  return lines.join("\n");
}

function usageOf(command: AnyCommand): string {
  const words = [command.getPath()];
  if (command.getCommands().length > 0) words.push("<command>");
  const operands = command.getArgsDefinition()?.replaceAll(/:[a-z]+/g, "");
  if (operands) words.push(operands);
  words.push("[options]");
  return words.join(" ");
}

function optionRows(command: AnyCommand, global: boolean): [string, string][] {
  return command.getOptions()
    .filter((option) => (option.global === true || isStandard(option.name)) === global)
    .map((option) => {
      const type = option.typeDefinition?.replaceAll(/:[a-z]+/g, "") ?? "";
      const value = option.default !== undefined && option.default !== false
        ? ` (default: ${option.default})`
        : "";
      return [`${option.flags.join(", ")} ${type}`.trim(), option.description + value];
    });
}

function isStandard(name: string): boolean {
  return name === "help" || name === "version";
}

function firstLine(command: AnyCommand): string {
  return command.getDescription().split("\n")[0]!;
}

function indent(line: string, width: number): string {
  return `${" ".repeat(width + 4)}${line}`;
}
