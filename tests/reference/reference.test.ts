import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { commands } from "../../src/commands/mod.ts";
import { ExitCode } from "../../src/core/exit_codes.ts";
import { READABLE_VARIABLES } from "../../src/invocation/grants/mod.ts";
import { EXIT_CODES, VARIABLES } from "../../src/reference/facts.ts";
import { runDocs } from "../../src/commands/docs/docs.ts";
import { buildEveryCommand } from "../../src/cli/command_tree.ts";
import type { AnyCommand } from "../../src/terminal/command_facts.ts";
import { testContext } from "../support/context.ts";
import { withFolder } from "../support/temporary.ts";

const tree = await buildEveryCommand(commands, "0");

/** Every command of the tree, but the one that completion scripts call. */
function everyCommand(command: AnyCommand): AnyCommand[] {
  const below = command.getCommands(true).filter((sub) => sub.getName() !== "complete");
  return [command, ...below.flatMap(everyCommand)];
}

/** What man shows, near enough: requests gone, escapes undone. */
function readable(page: string): string {
  return page.replace(/^\.[A-Z]\w* ?/gm, "").replaceAll("\\&", "").replaceAll("\\-", "-")
    .replaceAll("\\(dq", '"').replaceAll("\\(ga", "`").replaceAll("\\e", "\\")
    .replace(/\\\[u([0-9A-F]+)\]/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16)));
}

describe("the reference of all commands", () => {
  let reference: string;
  const pages = new Map<string, string>();

  beforeAll(() =>
    withFolder(async (cwd) => {
      const { context } = testContext({ cwd, options: { json: true } });
      const { data } = await runDocs(context, { man: "made/here" });
      for (const file of (data as { files: string[] }).files) {
        pages.set(file, await Deno.readTextFile(`${cwd}/made/here/${file}`));
      }
      reference = pages.get("reference.md")!;
      pages.delete("reference.md");
    })
  );

  for (const command of everyCommand(tree)) {
    const path: string = command.getPath();
    it(`says all of ${path}`, () => {
      const page = readable(pages.get(`man1/${path.replaceAll(" ", "-")}.1`)!);
      const heading = command === tree ? "# Command reference" : `\n## ${path}\n`;
      const start = reference.indexOf(heading);
      assert(start >= 0, heading);
      const section = reference.slice(start, reference.indexOf("\n## ", start + heading.length));
      const hasBoth = (text: string) => {
        assertStringIncludes(page, text);
        if (command !== tree) assertStringIncludes(section, text);
      };
      if (command !== tree) hasBoth(path);
      hasBoth(command.getDescription().split("\n")[0]!.replace(/\.$/, ""));
      for (const option of command.getBaseOptions(true)) {
        for (const flag of option.flags) hasBoth(flag);
        for (const { name, optional } of option.args) hasBoth(`${optional ? "[" : "<"}${name}`);
      }
      for (const argument of command.getArguments()) hasBoth(argument.name);
      for (const { name, description } of command.getExamples()) {
        hasBoth(name);
        hasBoth(description);
      }
      for (const sub of command.getCommands()) hasBoth(sub.getName());
    });
  }

  it("has no page of a command that there is not", () => {
    const expected = everyCommand(tree)
      .map((command) => `man1/${command.getPath().replaceAll(" ", "-")}.1`);
    assertEquals([...pages.keys()].sort(), expected.sort());
    assertEquals(
      [...reference.matchAll(/^## (insforge .*)$/gm)].map(([, path]) => path),
      everyCommand(tree).slice(1).map((command) => command.getPath()),
    );
  });

  it("holds every exit code and every variable", async () => {
    assertEquals(EXIT_CODES.map(([code]) => Number(code)), Object.values(ExitCode));
    const named = VARIABLES.flatMap(([names]) => names.split(", "));
    // Proxies and certificates are read by the HTTP client itself, outside of the sandbox.
    for (const name of named.filter((name) => !/_PROXY$|CERT|^DENO_/.test(name))) {
      assert(
        READABLE_VARIABLES.some((known) =>
          known === name || name.startsWith(known.replace(/\*$/, ""))
        ),
      );
    }
    const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
    const inReadme = [...readme.matchAll(/^\| (`[A-Z_`, ]+`) +\|/gm)]
      .flatMap(([, names]) => names!.replaceAll("`", "").split(", "));
    assertEquals(named.sort(), inReadme.sort());
  });

  it("is made of requests that troff and mandoc know, in ASCII", () => {
    for (const [name, page] of pages) {
      for (const line of page.split("\n")) {
        assertMatch(line, /^[\x20-\x7e]*$/, name);
        if (/^[.']/.test(line)) assertMatch(line, /^\.(TH|SH|TP|PP|B|BR|RS|RE|nf|fi)( |$)/, name);
      }
    }
  });

  it("leaves no colour and no function of the library in it", () => {
    for (const text of [reference, ...pages.values()]) {
      for (const trace of ["\x1b", "=>", "undefined", "[object"]) {
        assert(!text.includes(trace), trace);
      }
    }
  });
});
