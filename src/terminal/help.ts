/** The help text of a command, laid out for the terminal's width. */
import type { CommandFacts, Row } from "./command_facts.ts";
import { styleFor } from "./style.ts";
import { pad, widthOf, wrap } from "./width.ts";

/** How help looks. */
export interface HelpSettings {
  readonly coloured: boolean;
  /** The terminal's columns; undefined for a pipe. */
  readonly columns?: number;
}

const WIDEST = 100;
const NAME_LIMIT = 34;

/** Describes a command: usage, purpose, commands, options, examples. */
export function renderHelp(facts: CommandFacts, settings: HelpSettings): string {
  const style = styleFor(settings.coloured);
  const columns = Math.min(settings.columns ?? 80, WIDEST);
  const lines: string[] = [];
  const section = (title: string, rows: readonly Row[], width = nameWidth(rows)) => {
    if (rows.length === 0) return;
    lines.push("", style.bold(title));
    for (const [name, text] of rows) {
      const [first = "", ...rest] = wrap(text, columns - width - 4);
      if (widthOf(name) > width) lines.push(`  ${style.accent(name)}`, indent(first, width));
      else lines.push(`  ${style.accent(pad(name, width))}  ${first}`.trimEnd());
      lines.push(...rest.map((line) => indent(line, width)));
    }
  };
  const { usage, description, optionGroups, globalOptions, examples } = facts;
  lines.push(`${style.bold("Usage:")} ${usage}`, "");
  lines.push(...wrap(description, columns));
  const width = nameWidth(facts.commands);
  for (const { title, rows } of facts.commandGroups) section(title, rows, width);
  for (const { title, rows } of optionGroups) section(title, rows);
  section("Global options", globalOptions);
  if (examples.length > 0) lines.push("", style.bold("Examples"));
  for (const { purpose, line } of examples) {
    lines.push(...wrap(purpose, columns - 2).map((text) => `  ${style.dim(text)}`));
    lines.push(...line.split("\n").map((text) => `    ${text}`));
  }
  return lines.join("\n");
}

/** Help as scripts read it. */
export function helpDocument(facts: CommandFacts) {
  const { path, usage, description, commands, options, globalOptions, examples } = facts;
  const named = (rows: readonly Row[]) =>
    rows.map(([name, description]) => ({ name, description }));
  return {
    command: path,
    usage,
    description,
    commands: named(commands),
    options: named(options),
    globalOptions: named(globalOptions),
    examples,
  };
}

function nameWidth(rows: readonly Row[]): number {
  return Math.min(Math.max(...rows.map(([name]) => widthOf(name))), NAME_LIMIT);
}

function indent(line: string, width: number): string {
  return `${" ".repeat(width + 4)}${line}`;
}
