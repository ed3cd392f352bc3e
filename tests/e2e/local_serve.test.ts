import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { requireAnswer } from "../support/answers.ts";
import { EXECUTABLE, spawnInsforge } from "../support/executable.ts";
import { serveProcess } from "../support/server_process.ts";
import { withFolder } from "../support/temporary.ts";

describe("local serve --json", () => {
  it({
    name: "writes a line when it is ready, for each mail, and at its end",
    ignore: Deno.build.os === "windows",
    async fn() {
      await withFolder(async (cwd) => {
        const child = spawnInsforge(["local", "serve", "--json", "--port", "0"], { cwd });
        const errors = new Response(child.stderr).text();
        const told: Record<string, unknown>[] = [];
        let rest = "";
        for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
          const lines = (rest + piece).split("\n");
          rest = lines.pop()!;
          for (const line of lines) told.push(JSON.parse(line));
          const last = told.at(-1);
          if (lines.length === 0) continue;
          if (last?.event === "ready") await causeMail(String(last.url), await apiKeyOf(cwd));
          if (last?.event === "mail") child.kill("SIGINT");
        }
        await child.stdin.close();
        assertEquals((await child.status).code, 0, await errors);
        for (const line of told) requireAnswer("local serve", line);
        assertEquals(told.map(({ event }) => event), ["ready", "mail", "stopped"]);
        assertMatch(JSON.stringify(told[1]), /"codes":\["\d{6}"\]/);
        assertEquals([rest, JSON.stringify(told).includes("ik_")], ["", false]);
      });
    },
  });
});

it({
  name: "local serve takes a function after another executable has taken the place of its own",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withFolder(async (folder) => {
      const executable = `${folder}/insforge`;
      await Deno.copyFile(EXECUTABLE, executable);
      const server = await serveProcess(`${folder}/data`, { executable });
      try {
        await Deno.remove(executable);
        const other = `#!/bin/sh\nexec ${EXECUTABLE} "$@"\n`;
        await Deno.writeTextFile(executable, other, { mode: 0o755 });
        const code = "module.exports = () => new Response()";
        const made = await fetch(`${server.url}/api/functions`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${server.apiKey}`,
            "content-type": "application/json",
          },
          body: JSON.stringify({ name: "later", code }),
        });
        assertEquals(made.status, 201, await made.text());
      } finally {
        await server.kill();
      }
    });
  },
});

/** Makes an account, and forgets its password. */
async function causeMail(url: string, apiKey: string): Promise<void> {
  const email = "ada@example.com";
  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${apiKey}` };
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}/api/auth/${path}`, request);
    assertEquals(response.ok, true, await response.text());
  };
  await post("users", { email, password: "Correct-horse-9" });
  await post("email/send-reset-password", { email });
}

async function apiKeyOf(folder: string): Promise<string> {
  return JSON.parse(await Deno.readTextFile(`${folder}/.insforge/local/keys.json`)).apiKey;
}
