/** The reference of every command as one Markdown document. */
import type { CommandFacts, Row } from "../terminal/command_facts.ts";
import { EXIT_CODES, FILES, leading, VARIABLES } from "./facts.ts";

/** Writes the document; the first command is the program itself. */
export function markdownReference(commands: readonly CommandFacts[], version: string): string {
  const [root] = commands;
  return [
    "# Command reference",
    `Of insforge ${version}, written by \`insforge docs --man\`. \`insforge COMMAND --help\` says the ` +
    "same.",
    commands.slice(1).map(({ path, description }) =>
      `- [${path}](#${anchor(path)}): ${escape(description.split("\n")[0]!)}`
    ).join("\n"),
    "## Global options",
    "Every command takes these, before or behind its own.",
    table("Option", root!.globalOptions),
    ...commands.slice(1).flatMap(section),
    "## Exit codes",
    table("Code", EXIT_CODES),
    "## Environment",
    table("Variable", VARIABLES),
    "## Files",
    table("File", FILES),
  ].filter(Boolean).join("\n\n") + "\n";
}

function section({ path, usage, description, commands, options, examples }: CommandFacts) {
  return [
    `## ${path}`,
    escape(description),
    fence(usage),
    commands.length > 0 ? table("Command", commands) : "",
    options.length > 0 ? table("Option", options) : "",
    ...examples.flatMap(({ purpose, line }) => [escape(leading(purpose)), fence(line)]),
  ];
}

function table(title: string, rows: readonly Row[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return [
    `| ${title} | Meaning |`,
    "| --- | --- |",
    ...rows.map(([name, text]) => `| \`${cell(name)}\` | ${cell(escape(text))} |`),
  ].join("\n");
}

function fence(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\``;
}

/** Angle brackets would be tags, outside of code. */
function escape(text: string): string {
  const escaped = (line: string) =>
    line.split("`").map((part, index) => index % 2 ? part : part.replaceAll("<", "\\<")).join("`");
  return text.split("\n").map((line) => line.startsWith("    ") ? line : escaped(line)).join("\n");
}

function anchor(path: string): string {
  return path.replaceAll(" ", "-");
}
