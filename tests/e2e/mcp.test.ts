import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { commands } from "../../src/commands/mod.ts";
import type { Commands, Leaf } from "../../src/cli/command.ts";
import { requireAnswer } from "../support/answers.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { EXECUTABLE, insforge } from "../support/executable.ts";

interface Content {
  readonly type: string;
  readonly text: string;
}

interface Listed {
  readonly name: string;
  readonly annotations?: { readonly readOnlyHint?: boolean; readonly destructiveHint?: boolean };
}

let backend: TestBackend;
let client: Client;
let cwd: string;

function leaves(table: Commands, words: readonly string[] = []): [string, Leaf][] {
  return Object.entries(table).flatMap(([name, entry]): [string, Leaf][] =>
    "load" in entry
      ? [[[...words, name].join("_"), entry]]
      : leaves(entry.commands, [...words, name])
  );
}

/** Calls a tool and answers whether it failed, and what it said. */
async function call(name: string, args: Record<string, unknown> = {}) {
  const { isError, content } = await client.callTool({ name, arguments: args });
  return { failed: isError === true, texts: (content as Content[]).map(({ text }) => text) };
}

describe({
  name: "insforge mcp, to the official client",
  // The client keeps timers of its own.
  sanitizeOps: false,
  sanitizeResources: false,
}, () => {
  beforeAll(async () => {
    backend = await startBackend();
    cwd = await Deno.makeTempDir({ prefix: "insforge-test-" });
    await backend.sql("CREATE TABLE posts (id int PRIMARY KEY, title text)");
    client = new Client({ name: "test", version: "1" });
    await client.connect(
      new StdioClientTransport({
        command: EXECUTABLE,
        args: ["mcp"],
        cwd,
        env: { HOME: cwd, INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
      }),
    );
  });
  afterAll(async () => {
    await client.close();
    await backend.close();
    await Deno.remove(cwd, { recursive: true });
  });

  it("offers every command of the table that needs no person, and marks what it does", async () => {
    const tools: Listed[] = (await client.listTools()).tools;
    const wanted = leaves(commands).filter(([, leaf]) => !leaf.hidden && !leaf.isForPeople);
    assertEquals(tools.map(({ name }) => name).sort(), wanted.map(([name]) => name).sort());
    for (const [name, { effect }] of wanted) {
      const { annotations } = tools.find((tool) => tool.name === name)!;
      assertEquals(annotations?.readOnlyHint, effect === undefined, name);
      assertEquals(annotations?.destructiveHint, effect === "destroys", name);
    }
  });

  it("takes for a yes nothing but a yes", async () => {
    assertEquals((await call("secrets_add", { key: "KEPT", value: "v" })).failed, false);
    for (const yes of ["false", "no", "", 0, null, ["x"]]) {
      const { failed, texts } = await call("secrets_delete", { key: "KEPT", yes });
      assertEquals(failed, true, JSON.stringify(yes));
      if (yes !== null) assertEquals(texts, ["secrets_delete takes true or false for yes."]);
    }
    const secrets = JSON.parse((await call("secrets_list")).texts[0]!).secrets;
    assertEquals(secrets.some(({ key }: { key: string }) => key === "KEPT"), true);
    assertEquals((await call("secrets_delete", { key: "KEPT", yes: true })).failed, false);
  });

  it("answers no more than a client can take", async () => {
    const sql = `SELECT repeat('x', ${70 * 1024 ** 2})`;
    const { failed, texts } = await call("db_query", { sql });
    assertEquals(failed, true);
    assertStringIncludes(texts[0]!, "db_query said more than 64 MiB");
  });

  it("runs a command with operands and options as they are given", async () => {
    const insert = "-- a comment\nINSERT INTO posts VALUES (1, 'a''b \"c\" --x')";
    assertEquals((await call("db_query", { sql: insert })).failed, false);
    const read = await call("records_list", { table: "posts", filter: ["id=eq.1"], limit: 5 });
    assertEquals(JSON.parse(read.texts[0]!), [{ id: 1, title: 'a\'b "c" --x' }]);
    const made = await call("records_create", { table: "posts", data: { id: 2, title: "b" } });
    assertEquals(made.failed, false, made.texts.join());
    await Deno.writeTextFile(`${cwd}/.env`, "OF_FILE=v\n");
    const added = await call("secrets_add", { "env-file": ".env" });
    assertEquals(added.failed, false, added.texts.join());
    const bucket = await call("storage_create-bucket", { name: "files", private: true });
    assertEquals(bucket.failed, false, bucket.texts.join());
  });

  it("destroys nothing unless it is told to, and tells errors with their hint", async () => {
    const refused = await call("storage_delete-bucket", { name: "files" });
    assertEquals(refused.failed, true);
    assertEquals(JSON.parse(refused.texts[0]!).code, "CONFIRMATION_REQUIRED");
    assertEquals((await call("storage_delete-bucket", { name: "files", yes: true })).failed, false);
    const missing = await call("storage_delete-bucket", { name: "files", yes: true });
    assertEquals(missing.failed, true);
    assertEquals(JSON.parse(missing.texts[0]!).code, "NOT_FOUND");
  });

  it("says what is wrong with a call", async () => {
    for (
      const [name, args, message] of [
        ["no_such", {}, "There is no tool no_such"],
        ["db_query", { sqll: "SELECT 1" }, "does not take: sqll"],
        ["records_list", {}, "needs: table"],
      ] as const
    ) {
      const { failed, texts } = await call(name, args);
      assert(failed);
      assertStringIncludes(texts[0]!, message);
    }
  });

  it("answers what was asked before its input ended", async () => {
    const request = (id: number, method: string, params: unknown) =>
      JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\n";
    const clientInfo = { name: "test", version: "1" };
    const { code, stdout } = await insforge(["mcp"], {
      cwd,
      env: { HOME: cwd, INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
      stdin: request(1, "initialize", {
        protocolVersion: "2025-03-26",
        capabilities: {},
        clientInfo,
      }) + request(2, "tools/call", { name: "db_query", arguments: { sql: "SELECT 7 AS n" } }),
    });
    const answers = stdout.trim().split("\n").map((line) => JSON.parse(line));
    for (const answer of answers) requireAnswer("mcp", answer);
    assertEquals([code, answers.map(({ id }) => id)], [0, [1, 2]]);
    assertEquals(JSON.parse(answers[1].result.content[0].text).rows, [{ n: 7 }]);
  });

  it("gives each call the grants of its command and no more", async () => {
    const outside = await Deno.makeTempFile({ prefix: "insforge-test-", suffix: ".sql" });
    await Deno.writeTextFile(outside, "SELECT 1 AS one");
    // A file that is named is granted; one that a function would name is not reached at all.
    const { failed, texts } = await call("db_query", { file: outside });
    assertEquals([failed, JSON.parse(texts[0]!).rows], [false, [{ one: 1 }]]);
    await Deno.remove(outside);
  });
});
