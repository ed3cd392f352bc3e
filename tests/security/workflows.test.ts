/**
 * What the project's own workflows run: a tag that somebody moves must not be run with its keys.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { describe, it } from "@std/testing/bdd";

const FOLDER = fromFileUrl(new URL("../../.github/workflows", import.meta.url));

const workflows = await Promise.all(
  (await Array.fromAsync(Deno.readDir(FOLDER))).map(async ({ name }) =>
    [name, await Deno.readTextFile(`${FOLDER}/${name}`)] as const
  ),
);

describe("a workflow", () => {
  for (const [name, text] of workflows) {
    it(`runs actions by commit, and may no more than read by default: ${name}`, () => {
      for (const [, used] of text.matchAll(/uses: (.+)/g)) {
        assertMatch(used!, /^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
      }
      assertMatch(text, /^permissions:\n {2}contents: read\n(?! )/m);
      const checkouts = text.match(/uses: actions\/checkout@/g)?.length ?? 0;
      assertEquals(text.match(/persist-credentials: false/g)?.length ?? 0, checkouts);
    });
  }

  it("holds no token of a registry, and has the signing key where nothing is built", () => {
    const release = workflows.find(([name]) => name === "release.yml")![1];
    assert(!/NPM_TOKEN|NODE_AUTH_TOKEN/.test(release));
    const jobs = release.split(/^ {2}(?=\w+:$)/m);
    const withKey = jobs.filter((job) => job.includes("secrets."));
    assertEquals(withKey.map((job) => job.split(":")[0]), ["sign"]);
  });
});
