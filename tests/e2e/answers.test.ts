/** What commands answer about a folder and its local backend, held against their schemas. */
import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { LINES_OF_A_FOLDER, requireAnswer } from "../support/answers.ts";
import { insforge } from "../support/executable.ts";

let cwd: string;

const run = (...args: string[]) => insforge(args, { cwd, env: { HOME: cwd }, reveals: true });

describe("the schema of what a command answers in a folder", () => {
  const known: Record<string, string> = {};

  beforeAll(async () => {
    cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "insforge-test-" }));
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    known.$port = String(listener.addr.port);
  });
  afterAll(async () => {
    await run("branch", "delete", "feat", "-y");
    await run("local", "stop");
    await Deno.remove(cwd, { recursive: true });
  });

  for (const [command, ...operands] of LINES_OF_A_FOLDER) {
    it(`fits: ${[command, ...operands].join(" ")}`, async () => {
      if (command === "local mail list") await sendMail();
      const args = operands.map((operand) => known[operand] ?? operand);
      const { code, stdout, stderr } = await run(...command.split(" "), ...args, "--json");
      assertEquals(code, 0, stderr);
      const answer = JSON.parse(stdout);
      requireAnswer(command, answer);
      if (command === "backups create") known.$backup = answer.id;
    });
  }

  async function sendMail(): Promise<void> {
    const { url } = JSON.parse((await run("local", "status", "--json")).stdout);
    const { apiKey } = JSON.parse(await Deno.readTextFile(`${cwd}/.insforge/local/keys.json`));
    const mail = { to: "ada@example.org", subject: "Hello", html: "<p>Hello</p>" };
    const response = await fetch(`${url}/api/email/send-raw`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(mail),
    });
    assertEquals(response.ok, true, await response.text());
  }
});
