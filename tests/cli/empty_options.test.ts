import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runInProcess } from "../support/in_process.ts";

describe("what must not be empty", () => {
  const env = { INSFORGE_BASE_URL: "http://127.0.0.1:9", INSFORGE_API_KEY: "ik_x" };
  const run = (...args: string[]) => runInProcess(args, { cwd: ".", env });

  it("is refused before anything is asked for, and never taken for left out", async () => {
    const { code, stderr } = await run("backups", "create", "--name", "");
    assertEquals(code, 1);
    assertStringIncludes(stderr, "--name is empty.");
  });

  it("is asked for in a pipe where nobody can be asked", async () => {
    const { code, stderr } = await run("secrets", "add", "TOKEN");
    assertEquals(code, 1);
    assertStringIncludes(stderr, "insforge secrets add TOKEN -");
  });
});
