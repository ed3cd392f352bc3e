import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readScript } from "../../../../src/commands/db/shell/read_script.ts";

/** What a script has, as `LINE TEXT`; commands with a `!`. */
async function partsOf(script: string, size = script.length): Promise<string[]> {
  const bytes = new TextEncoder().encode(script);
  const chunks = Array.from(
    { length: Math.ceil(bytes.length / size) },
    (_, n) => bytes.slice(n * size, (n + 1) * size),
  );
  const parts = await Array.fromAsync(
    readScript(() => Promise.resolve(ReadableStream.from(chunks))),
  );
  return parts.map((part) =>
    "command" in part ? `${part.line} !${part.command}` : `${part.line} ${part.text}`
  );
}

describe("a script of the shell", () => {
  const script = [
    "\\timing on",
    "select 1;",
    "  \\d posts;",
    "\\dt",
    "select '",
    "\\q",
    "exit",
    "' as a,",
    "quit",
    "from t; help",
    ";",
    "/*",
    "\\x */ values (1)",
    "\\r",
    "select $$",
    "\\d",
    "$$;",
    "exitus;",
    "HELP ;\r",
    "quit",
  ].join("\n");
  const parts = [
    "1 !\\timing on",
    "2 select 1",
    "3 !\\d posts;",
    "4 !\\dt",
    "5 select '\n\\q\nexit\n' as a,\nquit\nfrom t",
    "10 help",
    "14 !\\r",
    "15 select $$\n\\d\n$$",
    "18 exitus",
    "19 !\\?",
    "20 !\\q",
  ];

  it("has commands on lines of their own, and none in quotes, comments or statements", async () => {
    assertEquals(await partsOf(script), parts);
  });

  it("is the same in whatever pieces it comes", async () => {
    for (const size of [1, 2, 3, 5, 7, 11, 64]) {
      assertEquals(await partsOf(script, size), parts, `${size}`);
    }
  });
});
