/** An archive, or another user, gives files of the home folder second names in a project. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { dirname } from "@std/path";
import { type HostileClone, TREASURE, withHostileClone } from "../support/hostile_clone.ts";

const isUnix = Deno.build.os !== "windows";

async function secondName({ root, home }: HostileClone, name: string): Promise<void> {
  const key = `${home}/.insforge/credentials.json`;
  await Deno.chmod(key, 0o600);
  await Deno.mkdir(dirname(`${root}/${name}`), { recursive: true });
  await Deno.link(key, `${root}/${name}`);
}

describe({ name: "a second name of the account's tokens", ignore: !isUnix }, () => {
  it("is not uploaded with its folder", () =>
    withHostileClone(async (clone) => {
      await secondName(clone, "public/logo.json");
      await clone.file("public/a.txt", "a");
      const args = ["storage", "upload", "public", "--bucket", "b", "--recursive"];
      const { stderr } = await clone.run(args);
      assertStringIncludes(stderr, "public/logo.json");
      assertEquals(clone.sent().includes(TREASURE), false);
    }));

  it("is not published with its folder", () =>
    withHostileClone(async (clone) => {
      await secondName(clone, "site/logo.json");
      await clone.file("site/index.html", "hello");
      const { stdout } = await clone.run(["deployments", "deploy", "site", "--dry-run", "--json"]);
      const { files, privateFiles } = JSON.parse(stdout);
      assertEquals(privateFiles, ["logo.json"]);
      assertEquals(JSON.stringify(files).includes("logo.json"), false);
    }));

  it("is no source of a function", () =>
    withHostileClone(async (clone) => {
      const folder = "insforge/functions/hello";
      await secondName(clone, `${folder}/config.json`);
      await clone.file(
        `${folder}/index.ts`,
        'import config from "./config.json" with { type: "json" };\n' +
          "export default () => Response.json(config);",
      );
      const { code, stderr } = await clone.run(["functions", "deploy", "hello"]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "is another name of a file that its owner alone may read");
      assertEquals(clone.sent().includes(TREASURE), false);
    }));
});
