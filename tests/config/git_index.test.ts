import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { isTracked, trackedBelow } from "../../src/config/git_index.ts";
import { has, run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";

const NAMES = [
  "a",
  "app/.Insforge/Project.JSON",
  "app/.insforge/local/keys.json",
  "app/.insforge/local/keys.jsonc",
  "app/é/.insforge/project.json",
  "app/keys.jsoa",
  "app/keys.json",
  `deep/${"folder/".repeat(20)}keys.json`,
];

for (const [version, format] of [["2", "sha1"], ["4", "sha1"], ["2", "sha256"], ["4", "sha256"]]) {
  it(`an index of version ${version} with hashes of ${format} tells what came with it`, async () => {
    if (!has("git")) return;
    await withFolder(async (root) => {
      const git = (...args: string[]) => run("git", args, { cwd: root });
      await git("init", "-q", `--object-format=${format}`);
      for (const name of NAMES) {
        await Deno.mkdir(`${root}/${name}`.replace(/\/[^/]+$/, ""), { recursive: true });
        await Deno.writeTextFile(`${root}/${name}`, name);
      }
      await git("add", "-f", ".");
      await git("update-index", "--index-version", version!);
      const found = NAMES.filter((name) => isTracked(`${root}/${name}`));
      assertEquals(found, NAMES);
      // As a system that does not tell the cases apart opens it, or composes letters.
      for (const name of ["app/.insforge/project.json", "app/e\u0301/.insforge/project.json"]) {
        assertEquals(isTracked(`${root}/${name}`), true, name);
      }
      for (const name of ["b", "project.json", ".insforge/project.json", "app/keys.js"]) {
        assertEquals(isTracked(`${root}/${name}`), false, name);
      }
      const below = (folder: string) => trackedBelow(`${root}${folder}`, ["none", "Keys.json"]);
      assertEquals(
        ["", "/app", "/app/.insforge/local", "/app/.insforge/loc", "/app/é"].map(below),
        ["Keys.json", "Keys.json", "Keys.json", undefined, undefined],
      );
    });
  });
}
