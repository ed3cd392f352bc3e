import { assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge, outputOf, spawnInsforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

describe("the search for secrets in what the program writes", () => {
  it("finds a key in the output of a command, a running process and a terminal", async () => {
    const key = "ik_not_to_be_seen";
    await using server = stubServer(() => Response.json([`table_${key}`]));
    const args = ["db", "tables"];
    const options = { env: { ...linkedTo(server), INSFORGE_API_KEY: key } };
    const wrote = `wrote the secret ${key}`;
    await assertRejects(() => insforge(args, options), Error, wrote);
    const child = spawnInsforge(args, options);
    await child.stdin.close();
    await assertRejects(() => outputOf(child), Error, wrote);
    await assertRejects(() => openPty(args, options).end(), Error, wrote);
  });

  it("R29: finds a key of the local backend in its logs", () =>
    withFolder(async (cwd) => {
      const key = "ik_not_to_be_logged";
      await Deno.mkdir(`${cwd}/.insforge/local/logs`, { recursive: true });
      await Deno.writeTextFile(`${cwd}/.insforge/local/keys.json`, JSON.stringify({ apiKey: key }));
      const run = () => insforge(["local", "status"], { cwd });
      await run();
      await Deno.writeTextFile(`${cwd}/.insforge/local/logs/insforge.logs.jsonl`, `{"x":"${key}"}`);
      await assertRejects(run, Error, `wrote the secret ${key}`);
    }));
});
