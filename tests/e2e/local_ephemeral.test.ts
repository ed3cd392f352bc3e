import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { insforge } from "../support/executable.ts";
import { withFolder } from "../support/temporary.ts";
import { isThere } from "../../src/files/real_path.ts";

async function json(cwd: string, ...args: string[]) {
  const { code, stdout, stderr } = await insforge(["local", ...args, "--json"], { cwd });
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

describe("local start --ephemeral", () => {
  it("links a backend that is gone after local stop, and its link with it", async () => {
    await withFolder(async (cwd) => {
      const { dataDir } = await json(cwd, "start", "--ephemeral", "--no-postgres");
      assertEquals(dataDir, `${cwd}/.insforge/ephemeral`);
      const tables = await insforge(["db", "tables", "--json"], { cwd });
      assertEquals(tables.code, 0, tables.stderr);
      const backups = await insforge(["backups", "list"], { cwd });
      assertEquals(backups.code, 1);
      assertStringIncludes(backups.stderr, "is ephemeral");
      assertEquals((await json(cwd, "status")).status, "running");
      assertEquals((await json(cwd, "stop")).unlinked, true);
      assertEquals(await Array.fromAsync(Deno.readDir(`${cwd}/.insforge`)), []);
    });
  });

  it("deletes the data when the server is killed", async () => {
    await withFolder(async (cwd) => {
      const { dataDir } = await json(cwd, "start", "--ephemeral", "--no-postgres");
      const { pid } = await json(cwd, "status");
      Deno.kill(pid, "SIGKILL");
      await eventually(() => !isThere(dataDir));
      assertEquals((await json(cwd, "status")).status, "stopped");
    });
  });

  it("refuses a folder that is to be kept", async () => {
    await withFolder(async (cwd) => {
      const line = ["local", "start", "--ephemeral", "--data-dir", "x"];
      assertEquals((await insforge(line, { cwd })).code, 1);
    });
  });
});
