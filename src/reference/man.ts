/** Manual pages, in the macros that groff and mandoc share. */
import type { CommandFacts, Row } from "../terminal/command_facts.ts";
import { EXIT_CODES, FILES, leading, VARIABLES } from "./facts.ts";

/** The name of a command's page: `insforge-db-query`. */
export function pageName(path: string): string {
  return path.replaceAll(" ", "-");
}

/** Writes the page of a command; `parent` and its commands are what it points to. */
export function manPage(facts: CommandFacts, version: string): string {
  const { path, usage, description, commands, options, globalOptions, examples } = facts;
  const name = pageName(path);
  const isRoot = !path.includes(" ");
  const related = [
    ...isRoot ? [] : [pageName(path.slice(0, path.lastIndexOf(" ")))],
    ...commands.map(([command]) => pageName(`${path} ${command}`)),
  ];
  return [
    `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`insforge ${version}`)} "InsForge"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(description.split("\n")[0]!.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    `.B ${roff(usage)}`,
    ".SH DESCRIPTION",
    paragraph(description),
    ...section("COMMANDS", commands),
    ...section("OPTIONS", options),
    ...section("GLOBAL OPTIONS", globalOptions),
    ...examples.length > 0 ? [".SH EXAMPLES"] : [],
    ...examples.flatMap(({ purpose, line }) => [
      ".PP",
      paragraph(leading(purpose)),
      ".PP",
      ".RS 4",
      ".nf",
      line.split("\n").map(paragraph).join("\n"),
      ".fi",
      ".RE",
    ]),
    ...isRoot
      ? [
        ...section("EXIT STATUS", EXIT_CODES),
        ...section("ENVIRONMENT", VARIABLES),
        ...section("FILES", FILES),
      ]
      : [],
    ...related.length > 0
      ? [".SH SEE ALSO", related.map((page) => `.BR ${roff(page)} (1)`).join(" ,\n")]
      : [],
  ].join("\n") + "\n";
}

function section(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  return [
    `.SH ${title}`,
    ...rows.flatMap(([name, text]) => [".TP", `.B ${roff(name)}`, paragraph(text)]),
  ];
}

/** Text that begins a line: a point or an apostrophe there would be a request. */
function paragraph(text: string): string {
  return text.split("\n").map((line) => (/^[.']/.test(line) ? "\\&" : "") + roff(line)).join("\n");
}

/** Text for troff: its escape character, dashes that are typed, and what is not ASCII. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll('"', "\\(dq")
    .replaceAll("`", "\\(ga").replace(
      /[^\x20-\x7e\n]/gu,
      (char) => `\\[u${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

function quoted(text: string): string {
  return `"${roff(text)}"`;
}
