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
  "app/long/.in\u017fforge/project.json",
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
      const spellings = ["app/.insforge", "app/e\u0301/.insforge", "app/long/.insforge"];
      for (const folder of spellings) {
        assertEquals(isTracked(`${root}/${folder}/project.json`), true, folder);
      }
      for (const name of ["b", "project.json", ".insforge/project.json", "app/keys.js"]) {
        assertEquals(isTracked(`${root}/${name}`), false, name);
      }
      assertEquals(trackedBelow(root, ["none", ".insforge/local"]), ".insforge/local");
      assertEquals(trackedBelow(`${root}/app/.insforge/local`, [".insforge", "local"]), undefined);
      const below = (folder: string) => trackedBelow(`${root}${folder}`, ["none", "Keys.json"]);
      assertEquals(
        ["", "/app", "/app/.insforge/local", "/app/.insforge/loc", "/app/é"].map(below),
        ["Keys.json", "Keys.json", "Keys.json", undefined, undefined],
      );
    });
  });
}

it("an index that is split, or leaves folders out, tells it as well", async () => {
  if (!has("git")) return;
  for (const version of ["2", "4"]) {
    await withFolder(async (root) => {
      const git = (...args: string[]) => run("git", args, { cwd: root });
      await git("init", "-q");
      await git("config", "user.email", "a@b.c");
      await git("config", "user.name", "a");
      for (const name of ["app/keys.json", "kept/a"]) {
        await Deno.mkdir(`${root}/${name}`.replace(/\/[^/]+$/, ""), { recursive: true });
        await Deno.writeTextFile(`${root}/${name}`, name);
      }
      await git("add", ".");
      await git("update-index", "--index-version", version);
      await git("update-index", "--split-index");
      await Deno.writeTextFile(`${root}/kept/b`, "b");
      await git("add", ".");
      for (const name of ["app/keys.json", "kept/a", "kept/b"]) {
        assertEquals(isTracked(`${root}/${name}`), true, name);
      }
      assertEquals(isTracked(`${root}/kept/c`), false);
      assertEquals(trackedBelow(root, ["keys.json"]), "keys.json");
      await git("update-index", "--no-split-index");
      await git("commit", "-qm", "a");
      await git("sparse-checkout", "set", "--cone", "--sparse-index", "kept");
      assertEquals(isTracked(`${root}/app/keys.json`), true);
      assertEquals(trackedBelow(`${root}/app/local`, ["keys.json"]), "keys.json");
      assertEquals(trackedBelow(`${root}/kept`, ["keys.json"]), undefined);
    });
  }
});

it("an index that cannot be read knows everything", async () => {
  await withFolder(async (root) => {
    await Deno.mkdir(`${root}/.git`);
    assertEquals(isTracked(`${root}/a`), false);
    for (const index of ["", "DIRC", `DIRC\0\0\0\x02\0\0\0\x01${"x".repeat(80)}`]) {
      await Deno.writeTextFile(`${root}/.git/index`, index);
      assertEquals(isTracked(`${root}/a`), true);
      assertEquals(trackedBelow(`${root}/b`, ["c", "d"]), "c");
    }
  });
});

it("a folder without a repository takes one look", async () => {
  await withFolder((root) => {
    const { statSync } = Deno;
    const looks: string[] = [];
    Deno.statSync = (path) => {
      looks.push(String(path));
      return statSync(path);
    };
    try {
      assertEquals(isTracked(`${root}/deep/folder/a`), false);
    } finally {
      Deno.statSync = statSync;
    }
    assertEquals(looks.filter((path) => path.startsWith(root)), []);
    return Promise.resolve();
  });
});

it("what a submodule and a worktree track is told", async () => {
  if (!has("git")) return;
  await withFolder(async (root) => {
    const git = (...args: string[]) => run("git", args, { cwd: root });
    await git("init", "-q", "--separate-git-dir", `${root}.git`);
    await Deno.writeTextFile(`${root}/a`, "a");
    await git("add", ".");
    assertEquals([isTracked(`${root}/a`), isTracked(`${root}/b`)], [true, false]);
    await Deno.remove(`${root}.git`, { recursive: true });
  });
});

it("a submodule in a folder holds what nobody looked for", async () => {
  if (!has("git")) return;
  await withFolder(async (root) => {
    const git = (...args: string[]) => run("git", args, { cwd: root });
    await git("init", "-q");
    for (const version of ["2", "4"]) {
      await git("update-index", "--index-version", version);
      const submodule = `160000,${"1".repeat(40)},app/copies/base`;
      await git("update-index", "--add", "--cacheinfo", submodule);
      const below = (folder: string) => trackedBelow(`${root}${folder}`, ["keys.json"]);
      assertEquals(
        ["", "/app/copies", "/app/copies/base", "/app/copies/base/data", "/other"].map(below),
        ["keys.json", "keys.json", "keys.json", "keys.json", undefined],
      );
      const paths = ["app/copies/base/keys.json", "app/copies/keys.json"];
      assertEquals(paths.map((path) => isTracked(`${root}/${path}`)), [true, false]);
    }
  });
});
