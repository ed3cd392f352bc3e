import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { selectFiles } from "../../../../src/commands/deployments/publishing/select.ts";
import { FileError } from "../../../../src/core/errors.ts";
import { type SiteFiles, writeSite } from "../../../support/site.ts";
import { withFolder } from "../../../support/temporary.ts";

const signal = new AbortController().signal;
const isWindows = Deno.build.os === "windows";

/** The paths that are selected of a folder with these files. */
async function selected(files: SiteFiles, prepare?: (folder: string) => Promise<void>) {
  return await withFolder(async (folder) => {
    await writeSite(`${folder}/site`, files);
    await prepare?.(folder);
    const selection = await selectFiles(`${folder}/site`, signal);
    return { ...selection, paths: selection.files.map(({ path }) => path) };
  });
}

const touch = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, path]));

describe("the files that are deployed", () => {
  it("cannot be told by a vercel.json that is broken, whose line is named", async () => {
    const broken = { "vercel.json": '{\n  "a": "b"\n  "c": 1\n}' };
    await assertRejects(
      () => selected(broken),
      FileError,
      "vercel.json is not valid JSON: line 3.",
    );
  });

  it("R55: are without packages, histories, secrets, links and logs at any depth", async () => {
    const { paths } = await selected(touch(
      "index.html",
      "src/build/x.ts",
      "src/dist/y.ts",
      "skills/page.html",
      "environment.html",
      "blog.html",
      ".well-known/security.txt",
      ...["node_modules/a.js", "lib/node_modules/a.js", ".git/HEAD", "sub/.git", ".DS_Store"],
      ...[".insforge/project.json", "a/.insforge/keys.json", "debug.log", "a/b.log"],
      ...[".env", ".env.production", "a/.env.local", ".envrc", ".vercel/x", "a/.cache/x"],
      ...["dist/index.html", "build/index.html", ".next/x", ".claude/notes.md"],
      ...["index.html~", ".index.html.swp", "a/#b.html#", "a/.#b.html", ".idea/x", "Thumbs.db"],
    ));
    assertEquals(paths, [
      ".well-known/security.txt",
      "blog.html",
      "environment.html",
      "index.html",
      "skills/page.html",
      "src/build/x.ts",
      "src/dist/y.ts",
    ]);
  });

  it("hold the folder that vercel.json says the site is in, also where builds make it", async () => {
    const files = touch("index.html", "dist/index.html", "build/x", "dist/node_modules/a.js");
    const site = (outputDirectory: string) =>
      selected({ ...files, "vercel.json": JSON.stringify({ outputDirectory }) });
    const all = ["dist/index.html", "index.html", "vercel.json"];
    for (const name of ["dist", "./dist/", "dist/sub"]) {
      assertEquals((await site(name)).paths, all, name);
    }
    assertEquals((await site("public")).paths, ["index.html", "vercel.json"]);
  });

  it("R56: come in the order of their paths, with forward slashes", async () => {
    const { paths } = await selected(touch("b/c", "b.html", "B", "a/z/y", "a-b"));
    assertEquals(paths, ["B", "a-b", "a/z/y", "b.html", "b/c"]);
  });

  it("R57: leave out what .insforgeignore names: folders, globs, exceptions", async () => {
    const { paths } = await selected({
      ...touch("index.html", "drafts/a.html", "x/drafts/b.html", "drafts.html", "notes/keep.md"),
      ...touch("notes/a.md", "only/here.txt", "deep/only/here.txt", "app.js.map", ".env"),
      ".insforgeignore": "# comment\r\ndrafts/\r\n*.map\n/only\nnotes/*\n!notes/keep.md\n!.env\n",
    });
    assertEquals(paths, ["deep/only/here.txt", "drafts.html", "index.html", "notes/keep.md"]);
  });

  it("R57: honour a .vercelignore as well", async () => {
    const { paths } = await selected({ ...touch("a", "b"), ".vercelignore": "b\n" });
    assertEquals(paths, ["a"]);
  });

  it({
    name: "R56: follow no link out of the folder, into a circle, or to what is left out",
    ignore: isWindows,
    async fn() {
      const { paths, skippedLinks } = await selected(
        touch("index.html", "docs/v2/page.html", ".env"),
        async (folder) => {
          await writeSite(folder, touch("outside/secret.txt", "site-2/secret.txt"));
          const links = {
            "home.html": "index.html",
            "docs/latest": "v2",
            "docs/v2/up": "..",
            "out": "../outside",
            "sibling": "../site-2/secret.txt",
            "absolute": `${folder}/outside/secret.txt`,
            "environment": ".env",
            "broken": "nothing",
            "self": "self",
          };
          for (const [path, target] of Object.entries(links)) {
            await Deno.symlink(target, `${folder}/site/${path}`);
          }
        },
      );
      assertEquals(paths, [
        "docs/latest/page.html",
        "docs/v2/page.html",
        "home.html",
        "index.html",
      ]);
      assertEquals(skippedLinks, [
        "absolute",
        "broken",
        "docs/latest/up",
        "docs/v2/up",
        "environment",
        "out",
        "self",
        "sibling",
      ]);
    },
  });

  it({
    name: "R56: are an error when they cannot be read",
    // Root reads everything.
    ignore: isWindows || Deno.uid() === 0,
    async fn() {
      const attempt = selected(touch("a/b"), (folder) => Deno.chmod(`${folder}/site/a`, 0));
      const error = await assertRejects(() => attempt, FileError);
      assertStringIncludes(error.message, "site/a");
    },
  });
});
