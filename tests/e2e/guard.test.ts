import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge, outputOf, spawnInsforge } from "../support/executable.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const BRIEF = ["--reason", "the <app> moved", "--impact", "old rows", "--recommendation", "yes"];
const DROP = ["db", "query", "DROP TABLE old", "--json"];

const backend = () =>
  stubServer(({ target }) =>
    target === "/api/metadata"
      ? Response.json({})
      : Response.json({ rows: [], rowCount: 0, fields: [] })
  );

const guarded = (server: { readonly url: string }, more = {}) => ({
  env: { ...linkedTo(server), INSFORGE_GUARD: "1", INSFORGE_GUARD_OPEN: "0", ...more },
});

/** Runs a command that waits, lets a person decide, and answers what became of it. */
async function decided(args: readonly string[], url: string, decision: string) {
  const child = spawnInsforge(args, guarded({ url }));
  await child.stdin.close();
  const [said, rest] = child.stderr.tee();
  let text = "";
  for await (const chunk of said.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  const { approval } = JSON.parse(text.split("\n")[0]!);
  for (const method of ["GET", "POST"]) {
    const { status, body } = await fetch(new URL("/", approval), { method });
    await body?.cancel();
    assertEquals(status, 404);
  }
  const page = await (await fetch(approval)).text();
  const answer = await fetch(approval, { method: "POST", body: `decision=${decision}` });
  await answer.body?.cancel();
  const result = await outputOf({ ...child, stderr: rest, status: child.status });
  return { page, ...result };
}

describe("the guard", () => {
  it("has a person approve what destroys, and runs it then", async () => {
    await using server = backend();
    const { page, code, stdout } = await decided([...DROP, ...BRIEF], server.url, "approve");
    assertEquals(code, 0);
    assertEquals(JSON.parse(stdout).rows, []);
    assertStringIncludes(page, "DROP TABLE old");
    assertStringIncludes(page, "the &lt;app&gt; moved");
    assert(server.requests.length > 0);
  });

  it("runs nothing that is denied, or that nobody looked at", async () => {
    await using server = backend();
    const denied = await decided([...BRIEF, ...DROP], server.url, "deny");
    assertEquals([denied.code, denied.stdout], [1, ""]);
    const settings = guarded(server, { INSFORGE_GUARD_TIMEOUT_MS: "20" });
    const unseen = await insforge([...DROP, ...BRIEF], settings);
    assertEquals(unseen.code, 1);
    assertStringIncludes(unseen.stderr, '"code":"NOT_APPROVED"');
    assertEquals(server.requests, []);
  });

  it("wants reasons of programs, and takes those of the environment", async () => {
    await using server = backend();
    const { code, stderr } = await insforge(DROP, guarded(server));
    assertEquals(code, 1);
    assertEquals(JSON.parse(stderr).code, "NEEDS_BRIEF");
    const told = { INSFORGE_GUARD_SUMMARY: "why", INSFORGE_GUARD_TIMEOUT_MS: "20" };
    assertStringIncludes((await insforge(DROP, guarded(server, told))).stderr, "NOT_APPROVED");
    const passed = await insforge(DROP, guarded(server, { INSFORGE_GUARD_BYPASS: "1" }));
    assertEquals(passed.code, 0);
    assertStringIncludes(passed.stderr, "INSFORGE_GUARD_BYPASS");
  });

  it("leaves alone what reads, unless the caller says that it destroys", async () => {
    await using server = backend();
    const read = ["db", "query", "SELECT 1", "--json"];
    assertEquals((await insforge(read, guarded(server))).code, 0);
    const flagged = await insforge(
      ["--flag-destructive", "it calls a function", ...read],
      guarded(server),
    );
    assertEquals(JSON.parse(flagged.stderr).code, "NEEDS_BRIEF");
    assertEquals((await insforge([...read, "--flag-destructive"], guarded(server))).code, 1);
  });

  it("is off unless it is turned on, by the environment or by the link", async () => {
    await using server = backend();
    await withFolder(async (cwd) => {
      const link = ["link", "--api-base-url", server.url, "--api-key", "ik_test", "-y"];
      const run = (args: readonly string[], env = {}) => insforge(args, { cwd, env });
      assertEquals((await run([...link, "--guard"])).code, 0);
      assertMatch((await run(DROP)).stderr, /NEEDS_BRIEF/);
      assertEquals((await run(DROP, { INSFORGE_GUARD: "0" })).code, 0);
      await run(link);
      assertMatch((await run(DROP)).stderr, /NEEDS_BRIEF/);
      await run([...link, "--guard", "off"]);
      assertEquals((await run([...DROP, ...BRIEF])).code, 0);
    });
  });

  it("notes what became of each, without what may be secret", async () => {
    await using server = backend();
    await withFolder(async (home) => {
      const settings = guarded(server, { HOME: home, INSFORGE_GUARD_TIMEOUT_MS: "20" });
      const sql = "DELETE FROM users WHERE token = 's3cret'";
      await insforge(["db", "query", sql, "--json"], settings);
      await insforge(["db", "query", sql, "--json", ...BRIEF], settings);
      const bypass = { ...settings.env, INSFORGE_GUARD_BYPASS: "1" };
      const escaped = "DELETE FROM users WHERE token = E'it\\'s3cret'";
      await insforge(["db", "query", escaped], { env: bypass });
      await insforge(["secrets", "add", "K", "s3cret", "--flag-destructive"], { env: bypass });
      const path = `${home}/.insforge/guard-audit.jsonl`;
      const lines = (await Deno.readTextFile(path)).trim().split("\n").map((one) =>
        JSON.parse(one)
      );
      assertEquals(lines.map(({ command, decision }) => [command, decision]), [
        ["insforge db query DELETE FROM users WHERE token = '…'", "needs_brief"],
        ["insforge db query DELETE FROM users WHERE token = '…'", "timeout"],
        ["insforge db query DELETE FROM users WHERE token = '…'", "bypassed"],
        ["insforge secrets add", "bypassed"],
      ]);
      const { mode } = await Deno.stat(path);
      if (Deno.build.os !== "windows") assertEquals(mode! & 0o777, 0o600);
    });
  });
});
