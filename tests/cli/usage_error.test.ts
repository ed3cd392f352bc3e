import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { commands } from "../../src/commands/mod.ts";
import { readInvocation } from "../../src/invocation/argv.ts";
import { buildTree } from "../../src/cli/command_tree.ts";
import { usageErrorOf } from "../../src/cli/usage_error.ts";

/** The error of a command line that the real parser refuses. */
async function errorOf(line: string): Promise<{ message: string; hint?: string }> {
  const words = line.split(" ");
  const invocation = readInvocation(words, commands);
  const tree = await buildTree(commands, invocation.command, () => async () => {}, {
    version: "0",
    coloured: false,
    pathOnly: true,
  });
  try {
    await tree.parse(words);
  } catch (error) {
    const { message, hint } = usageErrorOf(error as Error, invocation, tree);
    return { message, hint };
  }
  throw new Error(`parsed: ${line}`);
}

describe("a command line that does not parse", () => {
  const cases: [line: string, message: string, command: string][] = [
    ["db tabels", 'Unknown command "tabels". Did you mean "tables"?', "insforge db"],
    ["metad", 'Unknown command "metad". Did you mean "metadata"?', "insforge"],
    ["frobnicate", 'Unknown command "frobnicate".', "insforge"],
    ["db qurey", 'Unknown command "qurey". Did you mean "query"?', "insforge db"],
    ["storage frob x --bucket b", 'Unknown command "frob".', "insforge storage"],
    ["db tabels --zzz", 'Unknown command "tabels". Did you mean "tables"?', "insforge db"],
    ["secrets list --x", 'Unknown option "--x".', "insforge secrets list"],
    ["db query --fil a", 'Unknown option "--fil". Did you mean "--file"?', "insforge db query"],
    ["db query --zzz a", 'Unknown option "--zzz".', "insforge db query"],
    ["secrets get", "Missing argument: key.", "insforge secrets get"],
    ["storage upload", "Missing file and --bucket.", "insforge storage upload"],
    ["storage download x", "Missing --bucket.", "insforge storage download"],
    ["secrets list x", "`insforge secrets list` takes no arguments.", "insforge secrets list"],
    [
      "local start --engine x",
      '--engine is one of "pglite", "postgres"; it is "x".',
      "insforge local start",
    ],
    ["local start --port x", '--port is a whole number, not "x".', "insforge local start"],
  ];
  const habits: [line: string, message: string, hint: string][] = [
    ["db push", 'Unknown command "push".', "Here that is `insforge db migrations up`."],
    [
      "storage delete x --bucket b",
      'Unknown command "delete".',
      "Here that is `insforge storage delete-object`.",
    ],
    [
      "link --auth better-auth",
      'Unknown option "--auth".',
      "InsForge's own CLI writes the files of Better Auth: " +
      "`npx -y @insforge/cli link --auth better-auth`.",
    ],
    ["start", 'Unknown command "start".', "Here that is `insforge local start`."],
    [
      "functions deploy x --no-verify-jwt",
      'Unknown option "--no-verify-jwt".',
      "Functions look at tokens themselves, or not; one that does is written by " +
      "`insforge functions new NAME --template auth`.",
    ],
  ];
  for (const [line, message, hint] of habits) {
    it(`names what does ${line} here`, async () => {
      assertEquals(await errorOf(line), { message, hint });
    });
  }
  for (const [line, message, command] of cases) {
    it(`R2: ${line} gets one sentence and the help to read`, async () => {
      assertEquals(await errorOf(line), { message, hint: `See \`${command} --help\`.` });
    });
  }
});
