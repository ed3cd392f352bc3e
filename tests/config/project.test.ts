import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readGlobalConfig, updateGlobalConfig } from "../../src/config/global.ts";
import { ignoreProjectFolder } from "../../src/config/gitignore.ts";
import { healProject, readProject, SELF_HOSTED, writeProject } from "../../src/config/project.ts";
import { FileError } from "../../src/core/errors.ts";
import { testContext } from "../support/context.ts";
import { withFolder } from "../support/temporary.ts";

const project = {
  project_id: "p",
  org_id: "o",
  appkey: "abc",
  region: "us-east",
  api_key: "ik_1",
  oss_host: "https://abc.us-east.insforge.app",
};

describe("the project file", () => {
  it("R26: repairs a host without scheme and drops a trailing slash", () => {
    const heal = (oss_host: string) => healProject({ ...project, oss_host }, "f").oss_host;
    assertEquals(heal("abc.us-east.insforge.app"), "https://abc.us-east.insforge.app");
    assertEquals(heal("https://abc.us-east.insforge.app//"), "https://abc.us-east.insforge.app");
    assertEquals(heal("http://localhost:7130"), "http://localhost:7130");
    assertThrows(
      () => healProject({ api_key: "ik_1", oss_host: "example.com" }, "the file"),
      FileError,
      "the file",
    );
  });

  it("R27: recognises the older ids of self-hosted backends", () => {
    for (const id of ["oss-project", "fa4e0000-1234-5678-90ab-0e02b2c3d479"]) {
      assertEquals(
        healProject({ ...project, project_id: id }, "f").project_id,
        SELF_HOSTED.project_id,
      );
    }
    for (const id of ["oss-org", "fa4e0001-1234-5678-90ab-0e02b2c3d479"]) {
      assertEquals(healProject({ ...project, org_id: id }, "f").org_id, SELF_HOSTED.org_id);
    }
  });

  it("R28: keeps fields it does not know", async () => {
    await withFolder(async (root) => {
      await writeProject(root, { ...project, guard: true, later: { a: 1 } });
      const read = await readProject(root);
      await writeProject(root, read!);
      assertEquals(await readProject(root), { ...project, guard: true, later: { a: 1 } });
    });
  });

  it("R28: keeps settings it does not know", async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/config.json`, '{"theme": "dark", "default_org_id": "a"}');
      await updateGlobalConfig(folder, { default_org_id: "b" });
      const { theme, default_org_id } = await readGlobalConfig(folder);
      assertEquals([theme, default_org_id], ["dark", "b"]);
    });
  });

  it("R32: is ignored by git once, whatever the line looks like", async () => {
    for (const line of [".insforge", ".insforge/", "/.insforge", "/.insforge/  "]) {
      await withFolder(async (root) => {
        await Deno.writeTextFile(`${root}/.gitignore`, `dist\n${line}\n`);
        assertEquals(await ignoreProjectFolder(testContext({ cwd: root }).context), false);
      });
    }
    await withFolder(async (root) => {
      await Deno.writeTextFile(`${root}/.gitignore`, "dist");
      const { context } = testContext({ cwd: root });
      assertEquals(await ignoreProjectFolder(context), true);
      assertEquals(await ignoreProjectFolder(context), false);
      assertEquals(await Deno.readTextFile(`${root}/.gitignore`), "dist\n.insforge/\n");
    });
  });
});
