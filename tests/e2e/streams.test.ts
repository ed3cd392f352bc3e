import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { STATE_FILES } from "../../src/shared/contract/state.ts";
import { EXECUTABLE, insforge, spawnInsforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const notOnWindows = { ignore: Deno.build.os === "windows" };

describe("standard streams", () => {
  it("R7: a result of more than 1 MB passes a pipe whole", async () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `table_${index}_${"x".repeat(20)}`);
    await using server = stubServer(() => Response.json(names));
    const result = await insforge(["db", "tables", "--json"], { env: linkedTo(server) });
    assertEquals(result.code, 0);
    assertEquals(JSON.parse(result.stdout).length, names.length);
  });

  it("R8: a reader that goes away ends the program quietly", async () => {
    const names = Array.from({ length: 200_000 }, (_, index) => `table_${index}`);
    await using server = stubServer(() => Response.json(names));
    const child = spawnInsforge(["db", "tables"], { env: linkedTo(server) });
    await child.stdin.close();
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const stderr = await new Response(child.stderr).text();
    assertEquals(stderr, "");
    assertEquals((await child.status).code, 0);
  });

  it({
    name: "output that cannot be written is an error, not a success",
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      await using server = stubServer(() => Response.json(["posts"]));
      for (const line of ["db tables", "--version"]) {
        const { code, stderr } = await new Deno.Command("sh", {
          args: ["-c", `"$0" ${line} > /dev/full`, EXECUTABLE],
          env: linkedTo(server),
        }).output();
        assertEquals([code, new TextDecoder().decode(stderr)], [
          1,
          "Error: Cannot write to standard output: no space left on device.\n",
        ]);
      }
    },
  });

  it("R18: SQL reaches the server unchanged", async () => {
    const sql = "-- a comment\nSELECT 'a=b', 'ü → 漢', '--json'";
    await using server = stubServer(() => Response.json({ rows: [] }));
    const env = linkedTo(server);
    await insforge(["db", "query", "--", sql], { env });
    await insforge(["db", "query", "-"], { env, stdin: sql });
    await withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/-q=1.sql`, sql);
      await insforge(["db", "query", "--file", "-q=1.sql"], { env, cwd });
      await insforge(["db", "query", "--file=-q=1.sql"], { env, cwd });
    });
    assertEquals(server.requests.map(({ body }) => JSON.parse(body).query), [sql, sql, sql, sql]);
  });

  it("R63: a pipe gets UTC times, no colours and no progress", async () => {
    await using server = stubServer(() => Response.json(["a"]));
    const env = { ...linkedTo(server), TZ: "Asia/Tokyo", LANG: "de_DE.UTF-8" };
    const { stdout, stderr } = await insforge(["db", "tables"], { env });
    assertEquals(stdout, "Table Name\n──────────\na\n");
    assertEquals(stderr, "");
  });
});

/** Runs in a folder that holds what a local backend leaves when it stops. */
async function withBackendFolder(call: (cwd: string) => Promise<void>): Promise<void> {
  await withFolder(async (cwd) => {
    const data = `${cwd}/.insforge/local`;
    await Deno.mkdir(data, { recursive: true });
    await Deno.writeTextFile(`${data}/${STATE_FILES.lock}`, "");
    await Deno.writeTextFile(`${data}/${STATE_FILES.keys}`, '{"apiKey": "ik_gone"}');
    await call(cwd);
  });
}

describe({ name: "a terminal", ...notOnWindows }, () => {
  it("R14: without a terminal nothing is asked", async () => {
    await withBackendFolder(async (cwd) => {
      const result = await insforge(["local", "reset"], { cwd });
      assertEquals(result.code, 1);
      assertStringIncludes(result.stderr, "-y");
    });
  });

  it("R9: a declined question ends with 1, an interrupted one with 130", async () => {
    await withBackendFolder(async (cwd) => {
      const declined = openPty(["local", "reset"], { cwd });
      await declined.expect("cannot be undone");
      await declined.type("n\r");
      assertEquals(await declined.end(), 1);
      assertStringIncludes(declined.screen(), "nothing was changed");

      const interrupted = openPty(["local", "reset"], { cwd });
      await interrupted.expect("cannot be undone");
      await interrupted.type("\x03");
      assertEquals(await interrupted.end(), 130);
    });
  });

  it("an accepted question goes on", async () => {
    await withBackendFolder(async (cwd) => {
      const pty = openPty(["local", "reset"], { cwd });
      await pty.expect("cannot be undone");
      await pty.type("y\r");
      await pty.expect("is empty");
      assertEquals(await pty.end(), 0);
    });
  });

  it("Ctrl-C ends a request with 130", async () => {
    const asked = Promise.withResolvers<void>();
    const never = Promise.withResolvers<Response>();
    await using server = stubServer(() => {
      asked.resolve();
      return never.promise;
    });
    const pty = openPty(["db", "tables"], { env: linkedTo(server) });
    await asked.promise;
    await pty.type("\x03");
    assertEquals(await pty.end(), 130);
    never.resolve(new Response());
  });

  it("tables fit the width, cut nothing and mark NULL", async () => {
    const rows = [{ id: "1", text: "x".repeat(200), nothing: null }];
    await using server = stubServer(() => Response.json({ rows, rowCount: 1 }));
    const env = { ...linkedTo(server), NO_COLOR: "1" };
    const pty = openPty(["db", "query", "select"], { env, columns: 60 });
    assertEquals(await pty.end(), 0);
    const lines = pty.screen().split(/\r?\n/);
    assertEquals(lines.every((line) => line.length <= 60), true, pty.screen());
    // Nothing is cut: what is too long goes on in the next line.
    assertEquals(pty.screen().match(/x{2,}/g)?.join(""), "x".repeat(200));
    assertStringIncludes(pty.screen(), "NULL");
  });

  it("data cannot reach the terminal as an escape sequence", async () => {
    const hostile = "\x1b]0;owned\x07\x1b[2J";
    await using server = stubServer(() => Response.json({ rows: [{ [hostile]: hostile }] }));
    const pty = openPty(["db", "query", "select"], {
      env: { ...linkedTo(server), NO_COLOR: "1" },
    });
    await pty.end();
    assertEquals(pty.screen().includes("\x1b]0;"), false);
    assertEquals(pty.screen().includes("\x1b[2J"), false);
    assertStringIncludes(pty.screen(), "\\u001b");
  });
});
