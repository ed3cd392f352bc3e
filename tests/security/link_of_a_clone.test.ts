/** A link file that a repository brings along: its authors choose where requests go. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SELF_HOSTED } from "../../src/config/project.ts";
import { IDENTITY_PATH, proofOf } from "../../src/shared/contract/key_proof.ts";
import { insforge } from "../support/executable.ts";
import { type HostileClone, TREASURE, withHostileClone } from "../support/hostile_clone.ts";
import { has, run } from "../support/program.ts";
import { stubServer } from "../support/stub_server.ts";

async function withTracked(work: (clone: HostileClone) => Promise<void>): Promise<void> {
  if (!has("git")) return;
  await withHostileClone(async (clone) => {
    await run("git", ["init", "-q"], { cwd: clone.root });
    await run("git", ["add", "-f", ".insforge/project.json"], { cwd: clone.root });
    await work(clone);
  });
}

const hostOf = ({ host }: HostileClone) => new URL(host.url).host;

describe("a link that is tracked by git", () => {
  it("is told with its host before the first request, once", async () => {
    await withTracked(async (clone) => {
      const first = await clone.run(["db", "tables"]);
      assertEquals(first.code, 0);
      assertStringIncludes(first.stderr, hostOf(clone));
      const second = await clone.run(["db", "tables"]);
      assertEquals(second.stderr.includes(hostOf(clone)), false, second.stderr);
      await Deno.mkdir(`${clone.root}/below`);
      assertEquals(
        (await clone.run(["storage", "buckets"], "below")).stderr.includes("link"),
        false,
      );
    });
  });

  it("is told where it says that it is a local backend, and proves to have its own key", async () => {
    await using host = stubServer(async ({ target }) => {
      const { pathname, searchParams, port } = new URL(target, host.url);
      if (pathname !== IDENTITY_PATH) return Response.json([]);
      const proof = await proofOf("ik_theirs", searchParams.get("challenge")!, Number(port));
      return Response.json({ proofs: [proof] });
    });
    await withTracked(async ({ root, run }) => {
      const link = {
        ...SELF_HOSTED,
        region: "local",
        api_key: "ik_theirs",
        oss_host: host.url,
        data_dir: `${root}/.insforge/local`,
      };
      await Deno.writeTextFile(`${root}/.insforge/project.json`, JSON.stringify(link));
      const { code, stderr } = await run(["db", "tables"]);
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, `its authors chose ${new URL(host.url).host}`);
    });
  });

  it("is told in JSON too, and again where there is no home to remember it", async () => {
    await withTracked(async (clone) => {
      for (let time = 0; time < 2; time++) {
        const { stdout, stderr } = await insforge(["db", "tables", "--json"], { cwd: clone.root });
        assertEquals(JSON.parse(stdout), []);
        assertStringIncludes(JSON.parse(stderr).warning, hostOf(clone));
      }
    });
  });

  it("is not told where nothing is sent to it", async () => {
    await withTracked(async (clone) => {
      const { stderr } = await clone.run(["current"]);
      assertEquals(stderr.includes("came with its repository"), false);
    });
  });

  it("says nothing of a link that the user made", async () => {
    await withHostileClone(async (clone) => {
      const { code, stderr } = await clone.run(["db", "tables"]);
      assertEquals([code, stderr], [0, ""]);
    });
  });

  it("is refused where a name before an @ looks like its host", async () => {
    await withTracked(async (clone) => {
      const oss_host = `http://127.0.0.1:7130@${hostOf(clone)}`;
      const link = JSON.stringify({ api_key: "ik_theirs", oss_host });
      await clone.file(".insforge/project.json", link);
      const { code, stderr } = await clone.run(["db", "tables"]);
      assertEquals([code, clone.host.requests.length], [1, 0]);
      assertStringIncludes(stderr, 'has no usable "oss_host"');
    });
  });

  it("is refused in one sentence where it is nested too deeply for any use", async () => {
    await withTracked(async (clone) => {
      const [open, close] = ["[", "]"].map((bracket) => bracket.repeat(200_000));
      await clone.file(
        ".insforge/project.json",
        `{ "api_key": "ik_theirs", "x": ${open}${close} }`,
      );
      for (const args of [["db", "tables"], ["current"], ["local", "start"]]) {
        const { code, stderr } = await clone.run(args);
        assertEquals(code, 1);
        assertStringIncludes(stderr, "project.json is nested too deeply.");
      }
    });
  });

  it("never gets the account's tokens", async () => {
    await withTracked(async (clone) => {
      for (const args of [["db", "tables"], ["metadata"], ["whoami"], ["list"], ["current"]]) {
        await clone.run(args);
      }
      assert(!clone.sent().includes(TREASURE));
    });
  });
});

describe("a link that is kept for later, and tracked by git", () => {
  for (
    const [name, args] of [
      ["project.cloud.json", ["local", "stop", "--unlink"]],
      ["project.parent.json", ["branch", "switch", "--parent"]],
    ] as const
  ) {
    it(`does not become the link of the directory: ${name}`, () =>
      withTracked(async ({ file, root, run: runIn }) => {
        const link = ".insforge/project.json";
        await run("git", ["mv", link, `.insforge/${name}`], { cwd: root });
        const { code, stderr } = await runIn(args);
        assertEquals(code, 1, stderr);
        assertStringIncludes(stderr, `${name} came with this repository`);
        await run("git", ["rm", "-q", "--cached", `.insforge/${name}`], { cwd: root });
        await file(link, "{}");
        assertEquals((await runIn(args)).stderr.includes("came with this repository"), false);
      }));
  }
});
