/** Files of variables that a repository brings along, for this program's own. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { TREASURE, withHostileClone } from "../support/hostile_clone.ts";
import { stubServer } from "../support/stub_server.ts";

describe("a file of variables that is named with --env-file", () => {
  it("chooses no host for the account's tokens, no programs, and no folder to trust", async () => {
    await withHostileClone(async ({ file, run, host, sent }) => {
      for (
        const [name, value, args] of [
          ["INSFORGE_API_URL", host.url, ["whoami"]],
          ["INSFORGE_FRONTEND_URL", host.url, ["login"]],
          ["INSFORGE_POSTGRES_BIN", "./bin", ["local", "start"]],
          ["INSFORGE_SAFE_DIRECTORY", "*", ["current"]],
          ["INSFORGE_DATABASE_URL", "postgres://u:p@db.example.com/x", ["local", "start"]],
          ["INSFORGE_STORAGE_URL", "s3://bucket?endpoint=https://x.example.com", [
            "local",
            "start",
          ]],
          ["INSFORGE_DOWNLOAD_URL", host.url, ["upgrade"]],
          ["INSFORGE_FEEDBACK_URL", host.url, ["feedback"]],
          ["INSFORGE_GUARD", "0", ["db", "import", "x.sql"]],
          ["INSFORGE_GUARD_BYPASS", "1", ["db", "import", "x.sql"]],
          ["INSFORGE_GUARD_SUMMARY", "Harmless", ["db", "import", "x.sql"]],
        ] as const
      ) {
        await file(".env", `INSFORGE_PROJECT_ID=p\n${name}=${value}\n`);
        const { code, stderr } = await run([...args, "--env-file", ".env"]);
        assertEquals(code, 1, name);
        assertStringIncludes(stderr, `.env sets ${name}, which no file may set`);
      }
      assertEquals(host.requests.length, 0);
      assert(!sent().includes(TREASURE));
    });
  });

  it("does not choose where a key of the environment goes", async () => {
    await withHostileClone(async ({ file, root, home, host }) => {
      await file(".env", `INSFORGE_BASE_URL=${host.url}\nINSFORGE_API_KEY=ik_theirs\n`);
      const tables = (env: Record<string, string>) =>
        insforge(["db", "tables", "--env-file", ".env"], {
          cwd: root,
          env: { HOME: home, ...env },
        });
      const { code, stderr } = await tables({ INSFORGE_API_KEY: `ik_${TREASURE}` });
      assertEquals([code, host.requests.length], [1, 0]);
      assertStringIncludes(stderr, ".env would choose where the INSFORGE_API_KEY");
      assertEquals((await tables({})).code, 0);
      await using own = stubServer(() => Response.json([]));
      await tables({ INSFORGE_API_KEY: `ik_${TREASURE}`, INSFORGE_BASE_URL: own.url });
      assertEquals([host.requests.length, own.requests.length], [1, 1]);
    });
  });

  it("is no link to one elsewhere", async () => {
    await withHostileClone(async ({ link, run, home, host }) => {
      const lines = `INSFORGE_BASE_URL=${host.url}\nINSFORGE_API_KEY=ik_${TREASURE}\n`;
      await Deno.writeTextFile(`${home}/.env`, lines);
      await link(".env", ".env");
      const { code, stderr } = await run(["db", "tables", "--env-file", ".env"]);
      assertEquals([code, host.requests.length], [1, 0]);
      assertStringIncludes(stderr, ".env is a link");
    });
  });
});

describe("what a hostile backend says", () => {
  it("puts no line of its own into the file that an app reads", async () => {
    const answer = () => Response.json({ accessToken: "x\nNODE_OPTIONS=--require=./evil.js" });
    await withHostileClone(async ({ root, run }) => {
      const { code, stderr } = await run(["env", "pull"]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "gave no anonymous key");
      assertEquals(await Deno.readTextFile(`${root}/.env.local`).catch(() => ""), "");
    }, answer);
  });
});
