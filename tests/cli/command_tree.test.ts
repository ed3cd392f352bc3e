import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { commands } from "../../src/commands/mod.ts";
import { renderHelp } from "../../src/terminal/help.ts";
import { widthOf } from "../../src/terminal/width.ts";
import { readInvocation } from "../../src/invocation/argv.ts";
import { VALUE_OPTIONS_FILE, valueOptionsSource } from "../../scripts/value_options.ts";
import type { Run } from "../../src/cli/context.ts";
import { buildTree } from "../../src/cli/command_tree.ts";
import { type AnyCommand, factsOf } from "../../src/terminal/command_facts.ts";

/** Commands that touch nothing, or for which the launcher answers. */
const TOUCHING_NOTHING = new Set(["completions", "grants", "schema"]);

let seen: { json?: boolean; yes?: boolean } = {};

const tree = await makeTree();

/** A fresh tree whose actions only record their options. */
function makeTree(): Promise<AnyCommand> {
  const record: Run = () => (options, ..._operands) => {
    seen = options as object;
    return Promise.resolve();
  };
  return buildTree(commands, "all", record, { version: "0", coloured: false });
}

/** A command line of the leaf, with a value for everything that is required. */
function lineOf(path: string, leaf: AnyCommand): string[] {
  const required = leaf.getBaseOptions(true)
    .filter((option: { required?: boolean }) => option.required)
    .flatMap((option: { flags: string[] }) => [option.flags.at(-1)!, "1"]);
  const operands = leaf.getArguments()
    .filter((argument: { optional?: boolean }) => !argument.optional).map(() => "1");
  return [...path.split(" "), ...required, ...operands];
}

function leaves(command: AnyCommand, path: string[] = []): { path: string; leaf: AnyCommand }[] {
  const children = command.getCommands(true);
  if (children.length === 0) return [{ path: path.join(" "), leaf: command }];
  return children.flatMap((child: AnyCommand) => leaves(child, [...path, child.getName()]));
}

describe("the command tree", () => {
  for (const { path, leaf } of leaves(tree)) {
    const [group] = path.split(" ");
    if (group === "completions") continue;
    // What is another program's is refused whatever follows it; --json is the launcher's.
    const isRefused = leaf.getDescription().startsWith("Not here:");

    it(`${path} has a description and an example`, () => {
      assert(leaf.getDescription().length > 0);
      assert(leaf.getExamples().length > 0);
    });

    it(`${path} has help that fits 80 columns`, () => {
      const help = renderHelp(factsOf(leaf), { coloured: false, columns: 80 });
      assertEquals(help.split("\n").filter((line) => widthOf(line) > 80), []);
    });

    it(`R12: ${path} does not shadow a global option`, () => {
      const globals = ["json", "yes", "api-url", "cwd", "project-id", "help", "version"];
      const own = leaf.getBaseOptions(true).map(({ name }: { name: string }) => name);
      assertEquals(own.filter((name: string) => globals.includes(name) && name !== "help"), []);
    });

    it(`R11: ${path} takes --json and -y before and after`, async () => {
      const line = lineOf(path, leaf);
      for (const args of [["--json", "-y", ...line], [...line, "--json", "-y"]]) {
        seen = {};
        await (await makeTree()).parse(args);
        if (group === "grants" && args.at(-1) === "-y") continue;
        if (isRefused) continue;
        assertEquals([seen.json, seen.yes], [true, true], args.join(" "));
      }
    });

    it(`${path} says what it may reach`, () => {
      const { reach } = readInvocation(path.split(" "), commands);
      const touchesNothing = TOUCHING_NOTHING.has(group!) || isRefused;
      assertEquals(Object.keys(reach).length > 0, !touchesNothing);
    });
  }

  it("has long lists of options in groups, each option once", () => {
    const command = tree.getCommand("db")!.getCommand("export")!;
    const help = renderHelp(factsOf(command), { coloured: false, columns: 80 });
    assertEquals(help.match(/^(Options|What is exported|Of the backend.*)$/gm)?.length, 3);
    assertEquals(help.match(/^ {2}--tables /gm)?.length, 1);
    assert(help.indexOf("What is exported") < help.indexOf("--tables"));
  });

  it("has its own commands under headings, each command once", () => {
    const { commands, commandGroups } = factsOf(tree);
    assert(commandGroups.length > 3);
    assert(commandGroups.every(({ title }) => title !== "Commands"));
    assertEquals(commandGroups.flatMap(({ rows }) => rows), commands);
    const help = renderHelp(factsOf(tree), { coloured: false, columns: 80 });
    assertEquals(help.match(/^(Backend|Program)\n {2}\w/gm)?.length, 2);
    assertEquals(help.match(/^ {2}db /gm)?.length, 1);
    assertEquals(help.split("\n").filter((line) => widthOf(line) > 80), []);
  });

  it("has told the launcher which options take a value", async () => {
    assertEquals(await Deno.readTextFile(VALUE_OPTIONS_FILE), await valueOptionsSource());
  });
});
