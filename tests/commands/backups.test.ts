import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runInProcess } from "../support/in_process.ts";
import { stubServer } from "../support/stub_server.ts";
import { impatientClock } from "../support/in_process.ts";

const BACKUP = {
  id: "b-1",
  name: null,
  triggerSource: "manual",
  status: "running",
  sizeBytes: null,
  errorMessage: null,
  createdAt: "2026-01-31T12:00:00.000Z",
};

describe("backups of a self-hosted backend", () => {
  it("are waited for, and fail with what the backend says", async () => {
    for (const [status, code] of [["completed", 0], ["failed", 1]] as const) {
      let looks = 0;
      await using server = stubServer((request) => {
        if (request.method === "POST") return Response.json(BACKUP, { status: 201 });
        const isDone = ++looks > 1;
        const backup = isDone
          ? { ...BACKUP, status, sizeBytes: 2048, errorMessage: "no room" }
          : BACKUP;
        return Response.json({ backups: [backup] });
      });
      const result = await runInProcess(["backups", "create", "--wait"], {
        cwd: ".",
        env: { INSFORGE_BASE_URL: server.url, INSFORGE_API_KEY: "ik_x" },
        clock: impatientClock(),
      });
      assertEquals(result.code, code, result.stderr);
      if (code === 0) assertStringIncludes(result.stdout, "Took the backup b-1");
      else assertStringIncludes(result.stderr, "The backup failed: no room.");
    }
  });

  it("are told from one that has none, and from one that is not there", async () => {
    await using server = stubServer(() => Response.json({ backups: [] }));
    const env = { INSFORGE_BASE_URL: server.url, INSFORGE_API_KEY: "ik_x" };
    const empty = await runInProcess(["backups", "list"], { cwd: ".", env });
    assertStringIncludes(empty.stdout, "There are no backups.");
    assertEquals(
      (await runInProcess(["backups", "delete", "b-2", "-y"], { cwd: ".", env })).code,
      4,
    );
  });
});
