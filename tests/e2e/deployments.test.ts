import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deploymentSchema, listEnvVarsResponseSchema } from "@insforge/shared-schemas";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge, outputOf, spawnInsforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { writeSite } from "../support/site.ts";
import { SELF_HOSTED, writeProject } from "../../src/config/project.ts";
import { IDENTITY_PATH } from "../../src/shared/contract/key_proof.ts";
import { envelope, linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";
const SITE = { "index.html": "<h1>home</h1>", "src/build/x.ts": "x", "assets/a.css": "a{}" };

let backend: TestBackend;

const environment = () => ({
  INSFORGE_BASE_URL: backend.url,
  INSFORGE_API_KEY: backend.apiKey,
});
const run = (args: string[], cwd?: string, stdin?: string) =>
  insforge(["deployments", ...args], { cwd, env: environment(), stdin });

async function deploy(cwd: string, ...args: string[]) {
  const { code, stdout, stderr } = await run(["deploy", "./dist", "--json", ...args], cwd);
  assertEquals(code, 0, stderr);
  return deploymentSchema.parse(JSON.parse(stdout));
}

describe("the deployments commands", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("R55: deploy ./dist publishes the folder, without what must not be", async () => {
    await withFolder(async (cwd) => {
      await writeSite(`${cwd}/dist`, {
        ...SITE,
        ".env.production": "A=1",
        "node_modules/a.js": "x",
        ".git/HEAD": "x",
        ".insforge/project.json": "{}",
        "drafts/a.html": "x",
        ".insforgeignore": "drafts/",
      });
      const ready = await deploy(cwd, "--meta", '{"commit": "abc"}');
      assertEquals([ready.status, ready.metadata?.fileCount], ["READY", 3]);
      assertEquals(await (await fetch(ready.url!)).text(), "<h1>home</h1>");
      const build = await fetch(`${ready.url}/src/build/x.ts`);
      assertEquals([build.status, await build.text()], [200, "x"]);
      for (const path of [".env.production", "node_modules/a.js", ".git/HEAD", "drafts/a.html"]) {
        const { status, body } = await fetch(`${ready.url}/${path}`);
        await body?.cancel();
        assertEquals(status, 404, path);
      }
    });
  });

  it("leaves out every kind of dump that db export writes", async () => {
    await withFolder(async (cwd) => {
      await writeSite(cwd, SITE);
      const kinds = {
        "all.sql": [],
        "all.sql.gz": [],
        "rows.sql": ["--data-only"],
        "all.json": ["--format", "json"],
        "server.sql": ["--server"],
        "server.json": ["--server", "--format", "json"],
      };
      for (const [name, options] of Object.entries(kinds)) {
        const args = ["db", "export", "-o", name, ...options];
        assertEquals((await insforge(args, { cwd, env: environment() })).code, 0, name);
      }
      const plan = await run(["deploy", "--dry-run", "--json"], cwd);
      assertEquals(JSON.parse(plan.stdout).privateFiles, Object.keys(kinds).sort());
    });
  });

  it("publishes the working directory when no folder is named, and sends only what changed", async () => {
    await withFolder(async (cwd) => {
      await writeSite(cwd, SITE);
      const first = await run(["deploy"], cwd);
      assertEquals(first.code, 0, first.stderr);
      assertMatch(first.stdout, /✓ Deployed 3 files/);
      await writeSite(cwd, { "index.html": "<h1>changed</h1>" });
      const second = await run(["deploy", "."], cwd);
      assertStringIncludes(second.stdout, "1 file; 2 were there already");
      const url = (await run(["open"])).stdout.trim();
      assertEquals(await (await fetch(url)).text(), "<h1>changed</h1>");
    });
  });

  it("R1: list, status, cancel and open tell one deployment's story, and 404 of another", async () => {
    await withFolder(async (cwd) => {
      await writeSite(`${cwd}/dist`, SITE);
      const { id } = await deploy(cwd);
      const list = await run(["list", "--limit", "1", "--json"]);
      assertEquals(JSON.parse(list.stdout)[0].id, id);
      assertMatch((await run(["list"])).stdout, /ID +Status +Provider +URL +Created/);
      const status = await run(["status", id, "--sync"]);
      assertMatch(status.stdout, /Status: +READY/);
      const refused = await run(["cancel", id]);
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, "is live: cancelling takes the site at");
      const canceled = await run(["cancel", id, "-y"]);
      assertEquals(canceled.code, 0);
      assertStringIncludes(canceled.stdout, "It was live:");
      assertEquals(JSON.parse((await run(["status", id, "--json"])).stdout).status, "CANCELED");
      assertEquals((await run(["open", id])).code, 1);
      for (const name of ["status", "cancel", "open"]) {
        assertEquals((await run([name, "a/b?c", "-y"])).code, 4, name);
      }
    });
  });

  it("a deployment that fails ends with 1 and the reason", async () => {
    await withFolder(async (cwd) => {
      await writeSite(`${cwd}/dist`, { "package.json": '{"scripts":{"build":"vite build"}}' });
      const failed = await run(["deploy", "dist", "--json"], cwd);
      assertEquals([failed.code, failed.stdout], [1, ""]);
      const { code, error, status } = JSON.parse(failed.stderr);
      assertEquals([code, status], ["DEPLOYMENT_FAILED", "ERROR"]);
      assertStringIncludes(error, "vite build");
    });
  });

  it("R54: a page of the list that is answered with 206 is a success", async () => {
    await using server = stubServer(() =>
      Response.json([{ id: ID, status: "ready" }], {
        status: 206,
        headers: { "content-range": "0-0/9" },
      })
    );
    const { code, stdout } = await insforge(["deployments", "list"], { env: linkedTo(server) });
    assertEquals(code, 0);
    assertMatch(stdout, new RegExp(`${ID} +READY`));
    assertEquals(server.requests[0]!.target, "/api/deployments?limit=20&offset=0");
  });

  it("R45: what can be no id is not sent in a path", async () => {
    await using server = stubServer(() => envelope(404, "DEPLOYMENT_NOT_FOUND", "none"));
    const { code } = await insforge(["deployments", "status", "a/b?c"], { env: linkedTo(server) });
    assertEquals([code, server.requests], [4, []]);
  });

  it("env sets, lists without values, and unsets variables of builds", async () => {
    assertEquals((await run(["env", "set", "VITE_A", "--", "-x=1"])).code, 0);
    assertEquals((await run(["env", "set", "VITE_B", "-"], undefined, "secret value\n")).code, 0);
    await withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/.env.production`, "C=3\nD='4 5'\nE\n");
      const { code, stderr } = await run(["env", "set", "--env-file", ".env.production"], cwd);
      assertEquals(code, 0);
      assertMatch(stderr, /^No KEY=value, and so left out: line 3\./);
    });
    const list = await run(["env", "list", "--json"]);
    const { envVars } = listEnvVarsResponseSchema.parse(JSON.parse(list.stdout));
    assertEquals(envVars.map(({ key }) => key), ["C", "D", "VITE_A", "VITE_B"]);
    assert(!list.stdout.includes("secret value"));
    const values = await Promise.all(
      envVars.map(async ({ id }) =>
        (await backend.request("GET", `/api/deployments/env-vars/${id}`)).body.envVar.value
      ),
    );
    assertEquals(values, ["3", "4 5", "-x=1", "secret value"]);
    assertEquals((await run(["env", "unset", "C"])).code, 1);
    assertEquals((await run(["env", "unset", "C", "-y"])).code, 0);
    assertEquals((await run(["env", "unset", "C", "-y"])).code, 4);
    const id = envVars.find(({ key }) => key === "VITE_B")!.id;
    const deleted = await run(["env", "delete", id, "-y", "--json"]);
    assertEquals(JSON.parse(deleted.stdout), { success: true, key: "VITE_B" });
    assertEquals((await run(["env", "set", "bad key", "x"])).code, 1);
    assertMatch((await run(["env", "list"])).stdout, /^Key +Type +Updated\n[^\n]*\nD +encrypted/);
  });

  it("R40: a large file streams up, and comes back whole", async () => {
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/dist`);
      const bytes = new Uint8Array(20 * 1024 * 1024);
      for (let index = 0; index < bytes.length; index += 4096) bytes[index] = index / 4096;
      await Deno.writeFile(`${cwd}/dist/large.bin`, bytes);
      const { url } = await deploy(cwd);
      const back = new Uint8Array(await (await fetch(`${url}/large.bin`)).arrayBuffer());
      assertEquals(back.length, bytes.length);
      assert(back.every((byte, index) => byte === bytes[index]));
    });
  });

  it("by archive where there is no other way, the preview shows the same", async () => {
    // The real backend behind a door that knows no direct uploads.
    const door = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { pathname, search } = new URL(request.url);
      if (pathname.endsWith("/direct")) return envelope(404, "NOT_FOUND", "");
      const { method, headers, body } = request;
      return fetch(backend.url + pathname + search, { method, headers, body });
    });
    try {
      await withFolder(async (cwd) => {
        await writeSite(`${cwd}/dist`, { ...SITE, "ü.txt": "é" });
        const refused = await insforge(["deployments", "deploy", "dist"], {
          cwd,
          env: { ...environment(), INSFORGE_BASE_URL: `http://127.0.0.1:${door.addr.port}` },
        });
        assertEquals(refused.code, 1);
        assertStringIncludes(refused.stderr, `INSFORGE_ALLOW_HOSTS=127.0.0.1:${backend.port}`);
        const { code, stdout, stderr } = await insforge(
          ["deployments", "deploy", "dist", "--json"],
          {
            cwd,
            env: {
              ...environment(),
              INSFORGE_BASE_URL: `http://127.0.0.1:${door.addr.port}`,
              INSFORGE_ALLOW_HOSTS: `127.0.0.1:${backend.port}`,
            },
          },
        );
        assertEquals(code, 0, stderr);
        const { url, metadata } = deploymentSchema.parse(JSON.parse(stdout));
        assertEquals([metadata?.uploadMode, metadata?.fileCount], ["legacy", 4]);
        assertEquals(await (await fetch(`${url}/%C3%BC.txt`)).text(), "é");
      });
    } finally {
      await door.shutdown();
    }
  });

  it({
    name: "a terminal sees one bar while files go up, and none of it when it is done",
    ignore: Deno.build.os === "windows",
    async fn() {
      const seen = Promise.withResolvers<void>();
      await using server = stubServer(async ({ method, target, body }) => {
        if (target.endsWith("/direct")) {
          const files = JSON.parse(body).files
            .map((file: object) => ({ ...file, fileId: crypto.randomUUID(), uploadedAt: null }));
          return Response.json({ id: ID, status: "WAITING", files }, { status: 201 });
        }
        if (method === "PUT") await seen.promise;
        return Response.json({ id: ID, status: "READY", url: "https://shop.insforge.site" });
      });
      await withFolder(async (cwd) => {
        await writeSite(cwd, SITE);
        const pty = openPty(["deployments", "deploy"], { cwd, env: linkedTo(server) });
        await pty.expect("0 of 3 files");
        seen.resolve();
        assertEquals(await pty.end(), 0, pty.screen());
        assertStringIncludes(pty.screen(), "https://shop.insforge.site");
      });
    },
  });

  it({
    name: "a terminal sees that a deploy began before the backend has answered anything",
    ignore: Deno.build.os === "windows",
    async fn() {
      const seen = Promise.withResolvers<void>();
      await using server = stubServer(async () => {
        await seen.promise;
        return envelope(500, "INTERNAL_ERROR", "none");
      });
      await withFolder(async (cwd) => {
        await writeSite(`${cwd}/dist`, SITE);
        await writeProject(cwd, {
          ...SELF_HOSTED,
          api_key: "ik_local",
          oss_host: server.url,
          data_dir: `${cwd}/.insforge/local`,
        });
        const pty = openPty(["deployments", "deploy", "dist"], { cwd });
        await pty.expect("Looking for files");
        seen.resolve();
        assertEquals(await pty.end(), 1, pty.screen());
        assertStringIncludes(pty.screen(), "is not the local backend of this");
        // Launcher and client ask whose it is; nothing else is sent.
        const asked = new Set(server.requests.map(({ target }) => target.split("?")[0]));
        assertEquals([...asked], [IDENTITY_PATH]);
      });
    },
  });

  it({
    name: "Ctrl-C says how to follow a deployment up",
    ignore: Deno.build.os === "windows",
    async fn() {
      const waiting = Promise.withResolvers<void>();
      await using server = stubServer(({ method, target, body }) => {
        if (target.endsWith("/direct")) {
          const files = JSON.parse(body).files.map((file: object) => ({
            ...file,
            fileId: crypto.randomUUID(),
            uploadedAt: "2026-01-01T00:00:00.000Z",
          }));
          return Response.json({ id: ID, status: "WAITING", files }, { status: 201 });
        }
        if (method === "GET") waiting.resolve();
        return Response.json({ id: ID, status: "BUILDING" });
      });
      await withFolder(async (cwd) => {
        await writeSite(cwd, SITE);
        const child = spawnInsforge(["deployments", "deploy"], { cwd, env: linkedTo(server) });
        await child.stdin.close();
        await waiting.promise;
        child.kill("SIGINT");
        const { code, stderr } = await outputOf(child);
        assertEquals(code, 130);
        assertStringIncludes(stderr, `insforge deployments status ${ID}`);
        assertStringIncludes(stderr, `insforge deployments cancel ${ID}`);
      });
    },
  });
});
