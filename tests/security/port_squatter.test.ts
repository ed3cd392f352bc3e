/** A program that waits on the port of a local backend that has gone, to be sent its key. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { insforge } from "../support/executable.ts";
import { withFolder } from "../support/temporary.ts";

interface Squatter extends AsyncDisposable {
  /** Everything that it was sent: request lines, headers and bodies. */
  seen(): string;
}

/** Answers 200 to everything; `pass` hands requests on to another backend and its answers back. */
function squat(port: number, pass?: string, hostname = "127.0.0.1"): Squatter {
  let seen = "";
  const server = Deno.serve({ hostname, port, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    seen += `${request.method} ${pathname}${search} ${JSON.stringify([...request.headers])} ` +
      await request.text();
    if (pass) return await fetch(pass + pathname + search, { method: request.method });
    return Response.json({ success: true, projectId: "x", rows: [], proofs: ["0".repeat(64)] });
  });
  return { seen: () => seen, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** A started and then killed backend: its link, its key and its state file are still there. */
async function leftBehind(
  cwd: string,
  dataDir = ".insforge/local",
): Promise<{ port: number; key: string }> {
  const args = ["local", "start", "--port", "0", "--data-dir", dataDir, "--json"];
  const started = await insforge(args, { cwd });
  assertEquals(started.code, 0, started.stderr);
  const { port, pid } = JSON.parse(started.stdout);
  Deno.kill(pid, "SIGKILL");
  await eventually(() => isFree(port));
  const { apiKey } = JSON.parse(await Deno.readTextFile(`${cwd}/${dataDir}/keys.json`));
  return { port, key: apiKey };
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}

describe("a program on the port of a local backend", () => {
  it("is not taken for it, and sees neither the key nor what would be sent", async () => {
    await withFolder(async (cwd) => {
      const { port, key } = await leftBehind(cwd);
      await using squatter = squat(port);
      const status = await insforge(["local", "status", "--json"], { cwd });
      assertEquals(JSON.parse(status.stdout).status, "stopped");
      for (
        const args of [
          ["db", "query", "SELECT 'private'"],
          ["secrets", "add", "TOKEN", "private"],
          ["storage", "buckets"],
          ["metadata"],
        ]
      ) {
        const result = await insforge(args, { cwd });
        assertEquals(result.code, 1, args.join(" "));
        assertStringIncludes(result.stderr, "is not the local backend of this directory");
      }
      await insforge(["local", "stop"], { cwd });
      assert(!squatter.seen().includes(key));
      assert(!squatter.seen().includes("private"), squatter.seen());
      const again = await insforge(["local", "start", "--json"], { cwd });
      assert(!squatter.seen().includes(key));
      assertEquals(JSON.parse(again.stdout).started, true);
      assertEquals((await insforge(["db", "query", "SELECT 1"], { cwd })).code, 0);
      await insforge(["local", "stop"], { cwd });
    });
  });

  it("is challenged through a link that does not name the data yet, too", async () => {
    await withFolder(async (cwd) => {
      const { port, key } = await leftBehind(cwd);
      const link = `${cwd}/.insforge/project.json`;
      const { data_dir: _, ...older } = JSON.parse(await Deno.readTextFile(link));
      await Deno.writeTextFile(link, JSON.stringify(older));
      await using squatter = squat(port);
      const result = await insforge(["db", "query", "SELECT 'private'"], { cwd });
      assertEquals(result.code, 1);
      assertStringIncludes(result.stderr, "is not the local backend of this directory");
      assert(!squatter.seen().includes(key));
    });
  });

  it("is challenged where the data lie elsewhere", async () => {
    await withFolder(async (folder) => {
      const cwd = `${folder}/project`;
      await Deno.mkdir(cwd);
      const { port, key } = await leftBehind(cwd, "../elsewhere");
      await using squatter = squat(port);
      const result = await insforge(["secrets", "add", "TOKEN", "private"], { cwd });
      assertEquals(result.code, 1);
      assertStringIncludes(result.stderr, "is not the local backend of this directory");
      assertStringIncludes(squatter.seen(), "/api/local/identity");
      assert(!squatter.seen().includes(key) && !squatter.seen().includes("private"));
    });
  });

  it("cannot pass the challenge on to the backend, which listens elsewhere by now", async () => {
    await withFolder(async (cwd) => {
      const { port, key } = await leftBehind(cwd);
      const link = await Deno.readTextFile(`${cwd}/.insforge/project.json`);
      const again = await insforge(["local", "start", "--port", "0", "--json"], { cwd });
      const { url } = JSON.parse(again.stdout);
      await Deno.writeTextFile(`${cwd}/.insforge/project.json`, link);
      await using squatter = squat(port, url);
      const result = await insforge(["db", "query", "SELECT 1"], { cwd });
      assertEquals(result.code, 1);
      assertStringIncludes(squatter.seen(), "/api/local/identity");
      assert(!squatter.seen().includes(key));
      await insforge(["local", "stop"], { cwd });
    });
  });

  it({
    name: "cannot do so at another address of this machine, where it has the same port",
    // Other systems have one address of this kind alone.
    ignore: Deno.build.os !== "linux",
    async fn() {
      await withFolder(async (cwd) => {
        const started = await insforge(["local", "start", "--port", "0", "--json"], { cwd });
        const { url, port } = JSON.parse(started.stdout);
        const link = `${cwd}/.insforge/project.json`;
        const project = JSON.parse(await Deno.readTextFile(link));
        const linkTo = (hostname: string) =>
          Deno.writeTextFile(
            link,
            JSON.stringify({ ...project, oss_host: `http://${hostname}:${port}` }),
          );
        await using squatter = squat(port, url, "127.0.0.2");
        await linkTo("127.0.0.2");
        const result = await insforge(["secrets", "add", "TOKEN", "private"], { cwd });
        assertEquals(result.code, 1);
        assertStringIncludes(result.stderr, "is not the local backend of this directory");
        assert(!squatter.seen().includes(project.api_key));
        // A name that may lead to another address, too, is taken for the one that is ours.
        await linkTo("localhost");
        const asked = await insforge(["current", "--json"], { cwd });
        assertStringIncludes(asked.stdout, url);
        assertEquals((await insforge(["db", "query", "SELECT 1"], { cwd })).code, 0);
        await insforge(["local", "stop"], { cwd });
      });
    },
  });

  it("keeps nobody waiting, nor fills the memory, by an answer without end", async () => {
    await withFolder(async (cwd) => {
      const { port } = await leftBehind(cwd);
      const parts = { much: new Uint8Array(1024 ** 2).fill(32), little: new Uint8Array([32]) };
      for (const part of Object.values(parts)) {
        let sent = 0;
        const pauses: Promise<void>[] = [];
        const server = Deno.serve(
          { hostname: "127.0.0.1", port, onListen() {} },
          () =>
            new Response(
              new ReadableStream({
                async pull(controller) {
                  // The little comes often enough to be no silence.
                  if (part.length === 1) {
                    pauses.push(new Promise((resolve) => setTimeout(resolve, 200)));
                    await pauses.at(-1);
                  }
                  controller.enqueue(part);
                  sent += part.length;
                },
              }),
            ),
        );
        const status = await insforge(["local", "status", "--json"], { cwd });
        assertEquals(JSON.parse(status.stdout).status, "stopped");
        assert(sent < 256 * 1024 ** 2, `${sent} bytes were taken`);
        await server.shutdown();
        // A timer that is left would count as a fault of the test.
        await Promise.all(pauses);
      }
    });
  });
});
