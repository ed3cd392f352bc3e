/**
 * Transfers between two processes of the compiled executable: their memory, and their sudden end.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { walk } from "@std/fs/walk";
import { eventually } from "../support/eventually.ts";
import { insforge, outputOf, type RunningProcess, spawnInsforge } from "../support/executable.ts";
import { kill, serveProcess, type ServerProcess } from "../support/server_process.ts";

const isLinux = Deno.build.os === "linux";
/** Takes long enough that a transfer of it can be seen under way. */
const LARGE_BYTES = 60_000_000;

let folder: string;
let server: ServerProcess;

const run = (...args: string[]) => insforge(["storage", ...args], { cwd: folder, env: server.env });

async function writeLarge(path: string, bytes = LARGE_BYTES): Promise<string> {
  using file = await Deno.open(path, { write: true, create: true });
  const hash = createHash("sha256");
  const block = new Uint8Array(1_000_000);
  for (let at = 0; at < block.length; at += 50_000) {
    crypto.getRandomValues(block.subarray(at, at + 50_000));
  }
  for (let n = 0; n < bytes / block.length; n++) {
    block[n] = n;
    hash.update(block);
    for (let sent = 0; sent < block.length;) sent += await file.write(block.subarray(sent));
  }
  return hash.digest("hex");
}

async function checksum(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of (await Deno.open(path)).readable) hash.update(chunk);
  return hash.digest("hex");
}

/** The files that hold contents of objects, whole or not. */
const contents = () =>
  Array.fromAsync(walk(`${folder}/data/storage`, { includeDirs: false }), ({ path }) => path);

/** Starts an upload and waits until the backend has a part of it, but not all. */
async function halfUpload(key: string): Promise<RunningProcess> {
  const before = new Set(await contents());
  const child = spawnInsforge(["storage", "upload", "large", "--bucket", "b", "--key", key], {
    cwd: folder,
    env: server.env,
  });
  await eventually(async () => {
    for (const path of await contents()) {
      if (before.has(path)) continue;
      const { size } = await Deno.stat(path);
      if (size > 0 && size < LARGE_BYTES) return true;
    }
    return false;
  });
  return child;
}

async function keys(): Promise<string[]> {
  const { data } = JSON.parse((await run("list-objects", "b", "--json")).stdout);
  return data.map(({ key }: { key: string }) => key);
}

describe("transfers between processes", () => {
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
    server = await serveProcess(`${folder}/data`);
    const raise = "UPDATE storage.config SET max_file_size_mb = 300";
    const { code, stderr } = await insforge(["db", "query", raise, "--unrestricted"], {
      env: server.env,
    });
    assertEquals(code, 0, stderr);
    await run("create-bucket", "b", "--public");
  });
  afterEach(async () => {
    await server.kill();
    await Deno.remove(folder, { recursive: true });
  });

  it({
    name: "R40: a 200 MB file goes up and down, and neither side holds it in memory",
    ignore: !isLinux,
    fn: async () => {
      // What the backend's first transfers take once is not what a large one takes.
      await writeLarge(`${folder}/first`, 50_000_000);
      for (const key of ["one", "two"]) {
        await run("upload", "first", "--bucket", "b", "--key", key);
      }
      const written = await writeLarge(`${folder}/large`, 200_000_000);
      for (const args of [["upload", "large"], ["download", "large", "-o", "copy"]]) {
        const before = resetPeak(server.child.pid);
        const child = spawnInsforge(["storage", ...args, "--bucket", "b"], {
          cwd: folder,
          env: server.env,
        });
        await child.stdin.close();
        let peak = 0;
        const watch = setInterval(() => peak = Math.max(peak, peakOf(child.pid)), 20);
        const { code, stderr } = await outputOf(child);
        clearInterval(watch);
        assertEquals(code, 0, stderr);
        assert(peak > 0 && peak < 150 * 1024, `${args[0]}: ${peak} KiB`);
        const grown = peakOf(server.child.pid) - before;
        assertLess(grown, 64 * 1024, `the backend grew by ${grown} KiB, ${args[0]}`);
      }
      assertEquals(await checksum(`${folder}/copy`), written);
    },
  });

  it("R40: an upload that is killed, on one side or both, leaves nothing and can be done again", async () => {
    const written = await writeLarge(`${folder}/large`);
    await Deno.writeTextFile(`${folder}/old`, "the version before");
    await run("upload", "old", "--bucket", "b", "--key", "replaced");
    await kill(await halfUpload("replaced"));
    await eventually(async () => (await contents()).length === 1);
    for (const key of ["new", "replaced"]) {
      const child = await halfUpload(key);
      await server.kill();
      await kill(child);
      server = await serveProcess(`${folder}/data`);
      assertEquals(await keys(), ["replaced"]);
      const old = await run("download", "replaced", "--bucket", "b", "-o", "-");
      assertEquals(old.stdout, "the version before");
      await eventually(async () => (await contents()).length === 1);
    }
    const again = await run("upload", "large", "--bucket", "b", "--key", "replaced");
    assertEquals(again.code, 0, again.stderr);
    await run("download", "replaced", "--bucket", "b", "-o", "copy");
    assertEquals(await checksum(`${folder}/copy`), written);
    assertEquals((await contents()).length, 1);
  });
});

/** KiB, as the system has counted them since the start or the last reset; 0 after the end. */
function peakOf(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Makes the peak of a process what it holds now, and answers that. */
function resetPeak(pid: number): number {
  Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5", { create: false });
  return peakOf(pid);
}
