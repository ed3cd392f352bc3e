/** `local reset --data-dir` on folders that hold something else. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { withFolder } from "../support/temporary.ts";

const reset = (cwd: string, folder: string) =>
  insforge(["local", "reset", "-y", "--data-dir", folder], { cwd });

describe("local reset", () => {
  it("deletes nothing that no local backend made", async () => {
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/repository/.git`, { recursive: true });
      await Deno.writeTextFile(`${cwd}/repository/work.txt`, "a year of work");
      await Deno.mkdir(`${cwd}/empty`);
      await Deno.writeTextFile(`${cwd}/file`, "");
      for (const folder of ["repository", "empty", "file", "."]) {
        const { code, stderr } = await reset(cwd, folder);
        assertEquals(code, 1, folder);
        assertMatch(stderr, /nothing was deleted/, folder);
      }
      assertEquals(await Deno.readTextFile(`${cwd}/repository/work.txt`), "a year of work");
      assertEquals((await Deno.stat(`${cwd}/empty`)).isDirectory, true);
    });
  });

  it("deletes no folder that holds a backend's marks and something else too", async () => {
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/mixed/src`, { recursive: true });
      await Deno.writeTextFile(`${cwd}/mixed/lock`, "");
      await Deno.writeTextFile(`${cwd}/mixed/keys.json`, '{"apiKey":"ik_x"}');
      const { code, stderr } = await reset(cwd, "mixed");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "(src)");
      assertEquals((await Deno.stat(`${cwd}/mixed/src`)).isDirectory, true);
    });
  });

  it("says that a folder is not there", async () => {
    await withFolder(async (cwd) => {
      const { code, stderr } = await reset(cwd, "nowhere");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "does not exist");
    });
  });

  it("deletes a backend's own data, whatever was done with it", async () => {
    await withFolder(async (cwd) => {
      await insforge(["local", "start", "--data-dir", "data", "--port", "0"], { cwd });
      await insforge(["storage", "create-bucket", "files"], { cwd });
      await Deno.mkdir(`${cwd}/site`);
      await Deno.writeTextFile(`${cwd}/site/index.html`, "<p>Hello");
      const up = ["storage", "upload", "site/index.html", "--bucket", "files"];
      assertEquals((await insforge(up, { cwd })).code, 0);
      assertEquals((await insforge(["deployments", "deploy", "site"], { cwd })).code, 0);
      const { code, stderr } = await reset(cwd, "data");
      assertEquals(code, 0, stderr);
      assertEquals(await Deno.stat(`${cwd}/data`).catch(() => "gone"), "gone");
    });
  });

  it("deletes a backend's data that does not start without its lost keys", async () => {
    await withFolder(async (cwd) => {
      const start = ["local", "start", "--data-dir", "data", "--port", "0"];
      await insforge(start, { cwd });
      await insforge(["secrets", "add", "TOKEN", "kept"], { cwd });
      await insforge(["local", "stop", "--data-dir", "data"], { cwd });
      await Deno.remove(`${cwd}/data/keys.json`);
      const { code, stderr } = await insforge(start, { cwd });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "keys.json is gone, and secrets are encrypted");
      assertStringIncludes(stderr, "insforge local reset");
      assertEquals((await reset(cwd, "data")).code, 0);
    });
  });
});
