import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const content = [
  "# A long page",
  "",
  ...Array.from({ length: 60 }, (_, index) => `- item **${index}**`),
  "",
  "The very end.",
].join("\n");
const longPage = () => stubServer(() => Response.json({ type: "t", content }));

describe("docs, compiled", () => {
  it("R6: puts the Markdown into a pipe, one document with --json", async () => {
    await using server = longPage();
    const env = linkedTo(server);
    const { stdout } = await insforge(["docs", "instructions"], { env });
    assertEquals(stdout, `${content}\n`);
    const { stdout: json } = await insforge(["docs", "instructions", "--json"], { env });
    assertEquals(JSON.parse(json), { type: "t", content });
  });

  it("writes man pages and a reference, and nothing outside of their folder", async () => {
    await withFolder(async (cwd) => {
      const { code, stdout, stderr } = await insforge(["docs", "--man", "out"], { cwd });
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /^✓ Wrote reference\.md and \d+ man pages to /);
      const page = await Deno.readTextFile(`${cwd}/out/man1/insforge-db-query.1`);
      assertStringIncludes(page, "insforge db query [sql]");
      assertEquals((await insforge(["docs", "--man", "out/reference.md"], { cwd })).code, 1);
    });
  });

  const onTerminal = (name: string, fn: () => Promise<void>) =>
    it({ name, fn, ignore: Deno.build.os === "windows" });

  onTerminal("lays a page out on a terminal and pages it with less", async () => {
    await using server = longPage();
    const pty = openPty(["docs", "instructions"], { env: linkedTo(server) });
    await pty.expect("A\x1b[22m \x1b[1mlong");
    await pty.expect("item \x1b[1m10");
    assert(!pty.screen().includes("The very end."));
    await pty.type("G");
    await pty.expect("The very end.");
    await pty.type("q");
    assertEquals(await pty.end(), 0);
  });

  onTerminal("takes 80 columns where a terminal does not tell its size", async () => {
    await using server = stubServer(() => Response.json({ content: "word ".repeat(40) }));
    const pty = openPty(["docs", "x"], { env: linkedTo(server), columns: 0 });
    assertEquals(await pty.end(), 0);
    const lengths = pty.screen().trimEnd().split("\r\n").map((line) => line.length);
    assertEquals(lengths, [79, 79, 39]);
  });

  onTerminal("leaves Ctrl-C to the pager, however long that stays", async () => {
    await using server = longPage();
    await withFolder(async (folder) => {
      const script =
        "trap 'echo caught' INT; echo ready; cat >/dev/null; sleep 2.5 & wait; wait; echo end";
      await Deno.writeTextFile(`${folder}/pager`, script);
      const env = { ...linkedTo(server), PAGER: `sh ${folder}/pager` };
      const pty = openPty(["docs", "instructions"], { env });
      await pty.expect("ready");
      await pty.type("\x03");
      await pty.expect("caught");
      // Longer than an interrupted command may take to clean up.
      await pty.expect("end");
      assertEquals(await pty.end(), 0);
    });
  });

  onTerminal("runs $PAGER, with its options and without a shell", async () => {
    await using server = longPage();
    const env = { ...linkedTo(server), PAGER: "head -n 3 ; echo" };
    const failed = openPty(["docs", "instructions"], { env });
    assertEquals(await failed.end(), 0);
    assert(!failed.screen().includes("item"), "head took `;` for a file");
    const pty = openPty(["docs", "instructions"], { env: { ...env, PAGER: "head -n 4" } });
    assertEquals(await pty.end(), 0);
    assertStringIncludes(pty.screen(), "item");
    assert(!pty.screen().includes("The very end."));
  });

  onTerminal("writes the whole page where there is no pager, or none is wanted", async () => {
    await using server = longPage();
    const env = linkedTo(server);
    for (
      const [args, extra] of [
        [["docs", "instructions"], { PAGER: "insforge-no-such-pager" }],
        [["docs", "instructions", "-y"], {}],
        [["docs", "instructions"], { CI: "true" }],
        [["docs", "instructions"], { TERM: "dumb" }],
      ] as const
    ) {
      const pty = openPty(args, { env: { ...env, ...extra } });
      await pty.expect("The very end.");
      assertEquals(await pty.end(), 0);
    }
  });
});

describe("open, compiled", () => {
  const onLinux = (name: string, fn: () => Promise<void>) =>
    it({ name, fn, ignore: Deno.build.os !== "linux" });

  /** Puts an opener on PATH that writes down what it is given, and may not return. */
  async function withOpener(
    script: string,
    fn: (env: Record<string, string>, opened: () => Promise<string>) => Promise<void>,
  ): Promise<void> {
    await withFolder(async (folder) => {
      const opener = `${folder}/xdg-open`;
      await Deno.writeTextFile(opener, `#!/bin/sh\necho "$#" "$@" > ${folder}/opened\n${script}\n`);
      await Deno.chmod(opener, 0o755);
      const env = {
        ...linkedTo({ url: "http://127.0.0.1:1" }),
        PATH: `${folder}:${Deno.env.get("PATH")}`,
        DISPLAY: ":0",
      };
      await fn(env, () => Deno.readTextFile(`${folder}/opened`).catch(() => ""));
    });
  }

  onLinux("opens the browser for a person", async () => {
    await withOpener("exit 0", async (env, opened) => {
      const pty = openPty(["open", "api"], { env });
      assertEquals(await pty.end(), 0);
      assertStringIncludes(pty.screen(), "Opened http://127.0.0.1:1");
      assertEquals(await opened(), "1 http://127.0.0.1:1\n");
    });
  });

  onLinux("does not wait for a browser to end", async () => {
    // It ends when the test has seen that nobody waits for it.
    await withOpener('while [ ! -e "$0.over" ]; do sleep 0.1; done', async (env) => {
      const pty = openPty(["open", "api"], { env });
      await pty.expect("Opened http://127.0.0.1:1");
      await Deno.writeTextFile(`${env.PATH!.split(":")[0]}/xdg-open.over`, "");
      assertEquals(await pty.end(), 0);
    });
  });

  onLinux("prints the address where the opener fails, or nobody would see it", async () => {
    await withOpener("exit 3", async (env, opened) => {
      const failing = openPty(["open", "api"], { env });
      assertEquals(await failing.end(), 0);
      assertEquals(failing.screen().trim(), "http://127.0.0.1:1");
      await Deno.writeTextFile(`${env.PATH!.split(":")[0]}/opened`, "");
      const screenless = openPty(["open", "api"], { env: { ...env, DISPLAY: "" } });
      assertEquals(await screenless.end(), 0);
      assertEquals(screenless.screen().trim(), "http://127.0.0.1:1");
      const { stdout } = await insforge(["open", "api"], { env });
      assertEquals(stdout, "http://127.0.0.1:1\n");
      const { stdout: json } = await insforge(["open", "api", "--json"], { env });
      assertEquals(JSON.parse(json), { url: "http://127.0.0.1:1", opened: false });
      assertEquals(await opened(), "");
    });
  });
});
