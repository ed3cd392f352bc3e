import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { insforge } from "../support/executable.ts";
import { LossyDisk } from "../support/lossy_disk.ts";
import { manifestOf } from "../support/site.ts";
import { kill, serveProcess, type ServerProcess } from "../support/server_process.ts";

/** How many more cuts the nightly run makes. */
const factor = Number(Deno.env.get("INSFORGE_PROPERTY_FACTOR") ?? 1);

/** Runs SQL as the superuser and returns its rows. @throws {TypeError} once the server is gone */
async function run({ url, apiKey }: ServerProcess, query: string) {
  const response = await fetch(`${url}/api/database/advance/rawsql/unrestricted`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ query }),
  });
  const body = await response.json();
  if (response.status !== 200) throw new TypeError(JSON.stringify(body));
  return body.rows;
}

/**
 * Inserts rows, with a checkpoint now and then, until that fails. @returns the last one that was
 * acknowledged
 */
async function insertUntilCut(server: ServerProcess, last: number): Promise<number> {
  try {
    for (;; last++) {
      const values = `(${last + 1}, repeat('x', ${1000 + last % 7000}))`;
      await run(server, `INSERT INTO t VALUES ${values}`);
      if (last % 40 === 0) await run(server, "CHECKPOINT");
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return last;
  }
}

const ignore = !(await LossyDisk.isPossible());

describe("a power cut", () => {
  it({
    name: "takes no acknowledged row, whenever it comes, and the database opens",
    ignore,
    fn: async () => {
      await using disk = await LossyDisk.create();
      let acknowledged = 0;
      for (let cut = 0;; cut++) {
        const server = await serveProcess(`${disk.folder}/data`);
        await run(server, "CREATE TABLE IF NOT EXISTS t (n int PRIMARY KEY, filler text)");
        const [{ last, rows }] = await run(
          server,
          "SELECT coalesce(max(n), 0) AS last, count(*)::int AS rows FROM t",
        );
        assertEquals(rows, last);
        assert(last >= acknowledged, `${acknowledged} were acknowledged, ${last} are there`);
        if (cut === 3 * factor) return await server.kill();
        // The first cut hits a database that is hardly made.
        setTimeout(() => disk.cut(), cut === 0 ? 0 : Math.random() * 1500);
        acknowledged = await insertUntilCut(server, last);
        await kill(server.child);
        await disk.restore();
      }
    },
  });

  it({
    name: "in the first start leaves nothing that hinders the next",
    ignore,
    fn: async () => {
      await using disk = await LossyDisk.create();
      for (let cut = 0; cut < 2 * factor; cut++) {
        const dataDir = `${disk.folder}/data${cut}`;
        const server = await serveProcess(dataDir);
        disk.cut();
        await kill(server.child);
        await disk.restore();
        const again = await serveProcess(dataDir);
        // A busy machine has not done with what a start sees to, and lets callers wait too long.
        await eventually(async () =>
          (await run(again, "SELECT 1 AS n").catch(() => []))[0]?.n === 1
        );
        await again.kill();
        await Deno.remove(dataDir, { recursive: true });
      }
    },
  });

  it({
    name: "takes nothing of a site that was ready",
    ignore,
    fn: async () => {
      await using disk = await LossyDisk.create();
      const server = await serveProcess(`${disk.folder}/data`);
      const ask = async (method: string, path: string, body?: unknown) => {
        const isRaw = body instanceof Uint8Array;
        const response = await fetch(`${server.url}/api/deployments${path}`, {
          method,
          headers: {
            authorization: `Bearer ${server.apiKey}`,
            "content-type": isRaw ? "application/octet-stream" : "application/json",
          },
          body: isRaw ? body as Uint8Array<ArrayBuffer> : JSON.stringify(body),
        });
        const text = await response.text();
        assert(response.ok, text);
        return text === "" ? undefined : JSON.parse(text);
      };
      const site = { "index.html": "home", "a.txt": "a", "alone.txt": "alone" };
      const { id, files } = await ask("POST", "/direct", { files: manifestOf(site) });
      const idOf = (name: string) =>
        files.find(({ path }: { path: string }) => path === name).fileId;
      const bytes = (text: string) => new TextEncoder().encode(text);
      const ids = JSON.stringify([idOf("index.html"), idOf("a.txt")]);
      await ask("PUT", `/${id}/files`, bytes(`${ids}\nhomea`));
      await ask("PUT", `/${id}/files/${idOf("alone.txt")}/content`, bytes("alone"));
      await ask("POST", `/${id}/start`, {});
      await eventually(async () => (await ask("GET", `/${id}`)).status === "READY");
      disk.cut();
      await kill(server.child);
      await disk.restore();
      const again = await serveProcess(`${disk.folder}/data`);
      const { defaultDomainUrl } = await (await fetch(`${again.url}/api/deployments/metadata`, {
        headers: { authorization: `Bearer ${again.apiKey}` },
      })).json();
      for (const [name, content] of Object.entries(site)) {
        assertEquals(await (await fetch(`${defaultDomainUrl}/${name}`)).text(), content, name);
      }
      await again.kill();
    },
  });

  it({
    name: "takes no branch and no backup that was told of",
    ignore,
    fn: async () => {
      await using disk = await LossyDisk.create();
      const cwd = `${disk.folder}/project`;
      await Deno.mkdir(cwd);
      const json = async (...args: string[]) => {
        const { code, stdout, stderr } = await insforge([...args, "--json"], { cwd });
        assertEquals(code, 0, stderr);
        return JSON.parse(stdout);
      };
      const rows = async () => (await json("db", "query", "SELECT n FROM t")).rows;
      const endServer = async (dataDir: string) => {
        const state = await Deno.readTextFile(`${cwd}/.insforge/${dataDir}/server.json`);
        return () => Deno.kill(JSON.parse(state).pid, "SIGKILL");
      };
      await json("local", "start", "--no-postgres", "--port", "0");
      await json("db", "query", "CREATE TABLE t AS SELECT 1 AS n");
      const { id } = await json("backups", "create", "--wait");
      await json("branch", "create", "copy", "--no-switch");
      const ends = [await endServer("local"), await endServer("branches/copy/data")];
      disk.cut();
      for (const end of ends) end();
      // Until the system has closed their files.
      await eventually(() => disk.restore().then(() => true, () => false));
      await json("branch", "switch", "copy");
      assertEquals(await rows(), [{ n: 1 }]);
      await json("branch", "reset", "copy", "-y");
      assertEquals(await rows(), [{ n: 1 }]);
      await json("branch", "delete", "copy", "-y");
      await json("db", "query", "UPDATE t SET n = 2");
      await json("backups", "restore", id, "-y");
      assertEquals(await rows(), [{ n: 1 }]);
      await json("local", "stop");
    },
  });
});
