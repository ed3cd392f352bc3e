/** How `local start` knows that the server which it has started answers. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Context } from "../../../src/cli/context.ts";
import { openLocalBackend } from "../../../src/commands/local/backend_process.ts";
import { OperationError } from "../../../src/core/errors.ts";
import { isThere } from "../../../src/files/real_path.ts";
import { withFolder } from "../../support/temporary.ts";

const STATE = { url: "http://127.0.0.1:1", port: 1, version: "1.0.0", engine: "pglite" };

/** What a server that was killed has left. */
const EARLIER = { ...STATE, pid: 1, startedAt: "2026-01-01T00:00:00.000Z" };

/** Tells of itself as a server does, listens nowhere, and gives up once that file has gone. */
function program(startedAt: string): string {
  return `const state = { ...${JSON.stringify(STATE)}, pid: Deno.pid, startedAt: "${startedAt}" };
    Deno.writeTextFileSync("server.new", JSON.stringify(state));
    Deno.renameSync("server.new", "server.json");
    const isThere = () => Deno.stat("server.json").then(() => true, () => false);
    while (await isThere()) await new Promise((resolve) => setTimeout(resolve, 5));
    console.error(JSON.stringify({ error: "It gave up.", code: "GAVE_UP" }));
    Deno.exit(1);`;
}

/** Starts a program instead of a server. @param onWait called each time that it is waited for */
async function start(folder: string, startedAt: string, onWait: () => void) {
  await Deno.writeTextFile(`${folder}/server.json`, JSON.stringify(EARLIER));
  await Deno.writeTextFile(
    `${folder}/serve.ts`,
    `Deno.chdir(${JSON.stringify(folder)}); ${program(startedAt)}`,
  );
  const self = [Deno.execPath(), "run", "--quiet", "--no-config", "-A", `${folder}/serve.ts`];
  const clock = {
    now: () => new Date(),
    async sleep(milliseconds: number) {
      onWait();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    },
  };
  const launch = { self, projectRoot: folder, cwd: folder };
  const context = { launch, clock, signal: new AbortController().signal };
  return await openLocalBackend(context as unknown as Context, folder).start({});
}

// The server outlives its command, which waits for it no more.
const OUTLIVED = { sanitizeOps: false, sanitizeResources: false };

describe({ name: "local start", ...OUTLIVED }, () => {
  it("takes the word of its own server, and asks nobody", async () => {
    await withFolder(async (folder) => {
      const state = await start(folder, "2026-02-02T00:00:00.000Z", () => {});
      assertEquals(state.startedAt, "2026-02-02T00:00:00.000Z");
    });
  });

  it("does not take the word of a server that was killed and had its number", async () => {
    await withFolder(async (folder) => {
      const end = () => {
        if (!isThere(`${folder}/server.json`)) return;
        const { pid } = JSON.parse(Deno.readTextFileSync(`${folder}/server.json`));
        if (pid !== EARLIER.pid) Deno.removeSync(`${folder}/server.json`);
      };
      const started = start(folder, EARLIER.startedAt, end);
      await assertRejects(() => started, OperationError, "It gave up.");
    });
  });
});
