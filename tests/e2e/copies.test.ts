import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { insforge } from "../support/executable.ts";
import { postgresAt } from "../support/postgres.ts";
import { withFolder } from "../support/temporary.ts";
import { isThere } from "../../src/files/real_path.ts";
import { prepareData } from "../../src/shared/copies/replace_data.ts";

let root: string;
let cwd: string;

const run = (...args: string[]) => insforge(args, { cwd });

async function json(...args: string[]) {
  const result = await run(...args, "--json");
  assertEquals(result.code, 0, result.stderr);
  return JSON.parse(result.stdout);
}

const rows = async (sql: string) => (await json("db", "query", sql)).rows;

/** Inserts rows one by one, each a transaction of its own, until it is told to stop. */
function keepWriting({ url, apiKey }: { url: string; apiKey: string }) {
  let isDone = false;
  const written = (async () => {
    for (let n = 1;; n++) {
      const response = await fetch(`${url}/api/database/advance/rawsql`, {
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ query: `INSERT INTO written (id) VALUES (${n})` }),
      });
      await response.body?.cancel();
      assertEquals(response.status, 200);
      if (isDone) return n;
    }
  })();
  return {
    stop() {
      isDone = true;
      return written;
    },
  };
}

/** The segments of a backend's write-ahead log. */
async function logOf(dataDir: string) {
  const entries = await Array.fromAsync(Deno.readDir(`${dataDir}/postgres/pg_wal`));
  return entries.filter(({ isFile }) => isFile).map(({ name }) => name);
}

async function linkOf(folder: string) {
  const link = JSON.parse(await Deno.readTextFile(`${folder}/.insforge/project.json`));
  return { url: link.oss_host, apiKey: link.api_key };
}

describe("copies of a local backend", () => {
  beforeAll(async () => {
    root = await Deno.realPath(await Deno.makeTempDir({ prefix: "insforge-test-" }));
    cwd = `${root}/project`;
    await Deno.mkdir(cwd);
    // Not the default one, which another test may want while this one starts anew.
    await json("local", "start", "--no-postgres", "--port", "0");
    await json("db", "query", "CREATE TABLE written (id int PRIMARY KEY)");
    await json("storage", "create-bucket", "files");
    await Deno.writeTextFile(`${cwd}/a.txt`, "the object");
    await json("storage", "upload", "a.txt", "--bucket", "files");
  });
  afterAll(async () => {
    await run("local", "stop");
    await Deno.remove(root, { recursive: true });
  });

  it("hold what was committed, no more and no less, though it is written to meanwhile", async () => {
    // What it leaves of the log holds nothing after a checkpoint.
    await rows("CREATE TABLE many AS SELECT md5(n::text) FROM generate_series(1, 200000) n");
    const writing = keepWriting(await linkOf(cwd));
    const copied = await json("local", "copy", "../copy");
    const last = await writing.stop();
    assertEquals(copied.path, `${root}/copy`);
    const log = await logOf(`${cwd}/.insforge/local`);
    const inLog = await logOf(copied.path);
    assert(inLog.length < log.length, `${inLog} of ${log}`);
    const [{ n: here }] = await rows("SELECT count(*)::int AS n FROM written");
    assertEquals(here, last);

    const other = `${root}/other`;
    await Deno.mkdir(other);
    const started = await insforge(
      ["local", "start", "--no-postgres", "--data-dir", "../copy", "--json"],
      { cwd: other },
    );
    assertEquals(started.code, 0, started.stderr);
    const inCopy = async (...args: string[]) => {
      const result = await insforge([...args, "--json"], { cwd: other });
      assertEquals(result.code, 0, result.stderr);
      return JSON.parse(result.stdout);
    };
    const sql = "SELECT count(*)::int AS n, coalesce(max(id), 0) AS last FROM written";
    const [{ n, last: newest }] = (await inCopy("db", "query", sql)).rows;
    assertEquals(n, newest);
    assert(n <= here);
    const [many] = (await inCopy("db", "query", "SELECT count(*)::int AS n FROM many")).rows;
    assertEquals(many.n, 200_000);
    await inCopy("storage", "download", "a.txt", "--bucket", "files");
    assertEquals(await Deno.readTextFile(`${other}/a.txt`), "the object");
    // What happens to one does not happen to the other.
    await inCopy("storage", "delete-object", "a.txt", "--bucket", "files", "-y");
    await inCopy("db", "query", "DROP TABLE written");
    await inCopy("local", "stop", "--data-dir", "../copy");
    assertEquals((await rows("SELECT count(*)::int AS n FROM written"))[0].n, here);
    await json("storage", "download", "a.txt", "--bucket", "files", "-o", "b.txt");
  });

  it("are not put over what is there", async () => {
    await Deno.mkdir(`${root}/full`);
    await Deno.writeTextFile(`${root}/full/mine.txt`, "mine");
    const refused = await run("local", "copy", "../full");
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "nothing was copied");
    assertEquals((await Array.fromAsync(Deno.readDir(`${root}/full`))).length, 1);
  });

  it("come back by their names, running or stopped", async () => {
    await json("db", "query", "DELETE FROM written; INSERT INTO written VALUES (1)");
    const taken = await json("local", "snapshot", "one");
    assertEquals(taken.name, "one");
    assertEquals((await run("local", "snapshot", "one")).code, 1);
    await json("db", "query", "INSERT INTO written VALUES (2)");
    const { port } = await json("local", "status");
    const restored = await json("local", "restore", "one", "-y");
    assertEquals(restored.restarted, true);
    assertEquals((await json("local", "status")).port, port);
    assertEquals(await rows("SELECT id FROM written"), [{ id: 1 }]);

    await json("db", "query", "INSERT INTO written VALUES (3)");
    await json("local", "stop");
    await json("local", "snapshot", "two");
    assertEquals((await json("local", "restore", "one", "-y")).restarted, false);
    await json("local", "start", "--no-postgres");
    assertEquals(await rows("SELECT id FROM written"), [{ id: 1 }]);
  });

  it("come back on another port where a program takes the old one meanwhile", async () => {
    const { port } = await json("local", "status");
    const restoring = json("local", "restore", "one", "-y");
    let isRestored = false;
    restoring.finally(() => isRestored = true).catch(() => {});
    let squatter: Deno.Listener | undefined;
    await eventually(() => {
      try {
        squatter = Deno.listen({ hostname: "127.0.0.1", port });
      } catch { /* The server has it, before or after. */ }
      return squatter !== undefined || isRestored;
    }, { betweenMs: 1, timeoutMs: 300_000 });
    try {
      assertEquals((await restoring).restarted, true);
      if (squatter) assertNotEquals((await json("local", "status")).port, port);
      assertEquals(await rows("SELECT id FROM written"), [{ id: 1 }]);
    } finally {
      squatter?.close();
    }
  });

  it("leave the data and the backend as they are where one is damaged", async () => {
    await json("local", "snapshot", "hurt");
    await json("db", "query", "INSERT INTO written VALUES (4)");
    const data = `${cwd}/.insforge/snapshots/hurt/data`;
    const restore = async () => {
      const { code, stderr } = await run("local", "restore", "hurt", "-y");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "The data are what they were");
      assertEquals(await rows("SELECT id FROM written ORDER BY id"), [{ id: 1 }, { id: 4 }]);
    };
    // It does not open.
    await Deno.truncate(`${data}/postgres/global/pg_control`, 100);
    await restore();
    // It cannot be copied.
    await Deno.writeTextFile(`${data}/.packed.json`, "{");
    await restore();
    await Deno.remove(`${data}/.packed.json`);
    await json("local", "snapshots", "delete", "hurt", "-y");
    await json("db", "query", "DELETE FROM written WHERE id = 4");
  });

  it("take those away that were killed a day ago, and none that another one makes", async () => {
    const [old, young] = ["0123456789ab", "ba9876543210"]
      .map((token) => `${cwd}/.insforge/snapshots/.many.${token}.insforge-new`) as [string, string];
    const day = 24 * 60 * 60_000;
    for (const folder of [old, young]) {
      await Deno.mkdir(`${folder}/data/postgres`, { recursive: true });
    }
    await Deno.utime(old, Date.now() / 1000, new Date(Date.now() - 1.1 * day));
    await Deno.utime(young, Date.now() / 1000, new Date(Date.now() - 0.9 * day));
    await json("local", "snapshot", "three");
    await json("local", "snapshots", "delete", "three", "-y");
    assertEquals([old, young].map(isThere), [false, true]);
    await Deno.remove(young, { recursive: true });
  });

  it("are listed and deleted, and asked about first", async () => {
    const names = async () =>
      (await json("local", "snapshots", "list")).snapshots.map(({ name }: { name: string }) =>
        name
      );
    assertEquals(await names(), ["one", "two"]);
    assertEquals((await run("local", "snapshots", "delete", "one")).code, 1);
    await json("local", "snapshots", "delete", "one", "-y");
    assertEquals(await names(), ["two"]);
    assertEquals((await run("local", "restore", "one", "-y")).code, 4);
  });

  it("are the backups of the local backend, in the words of the platform", async () => {
    const made = await json("backups", "create", "--name", "before it", "--wait");
    assertEquals([made.name, made.status], ["before it", "completed"]);
    assert(made.sizeBytes > 0);
    await json("backups", "rename", made.id, "kept");
    const [latest, listed] = [await json("backups", "latest"), await json("backups", "list")];
    assertEquals([latest.id, latest.name, listed.length], [made.id, "kept", 2]);
    const before = await rows("SELECT id FROM written ORDER BY id");
    await json("db", "query", "DELETE FROM written");
    assertEquals((await run("backups", "restore", made.id)).code, 1);
    assertEquals((await json("backups", "restore", made.id, "-y")).restored, true);
    assertEquals(await rows("SELECT id FROM written ORDER BY id"), before);
    assertEquals((await json("backups", "delete", made.id, "-y")).deleted, true);
    assertEquals((await run("backups", "restore", made.id, "-y")).code, 4);
  });

  it("are the same over HTTP, where the server takes and restores them while it runs", async () => {
    const backend = await linkOf(cwd);
    const ask = async (method: string, path = "", body?: unknown) => {
      const response = await fetch(`${backend.url}/api/database/backups${path}`, {
        method,
        headers: { authorization: `Bearer ${backend.apiKey}` },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };
    const list = async () => (await ask("GET")).body.backups;
    const [here] = await list();
    await json("db", "query", "DELETE FROM written; INSERT INTO written VALUES (-1)");
    const [begun, second] = await Promise.all([ask("POST", "", { name: " http " }), ask("POST")]);
    const { status, body: made } = begun.status === 201 ? begun : second;
    assertEquals([status, made.status, made.createdBy, made.completedAt], [
      201,
      "running",
      "api-key",
      null,
    ]);
    assertEquals([begun.status, second.status].sort(), [201, 409]);
    await eventually(async () => (await list())[0].status === "completed");
    const [newest, ...others] = await list();
    assertEquals([newest.id, newest.errorMessage, others], [made.id, null, [here]]);
    assert(newest.sizeBytes > 0 && newest.completedAt > newest.createdAt);
    assertEquals((await ask("PATCH", `/${made.id}`, { name: "kept too" })).body.name, "kept too");
    assertEquals((await ask("PATCH", `/${here.id}`, { name: "kept too" })).status, 409);
    const latest = await json("backups", "latest");
    assertEquals([latest.id, latest.name], [made.id, "kept too"]);
    const other = await json("backups", "create", "--name", "by command");
    assertEquals((await list()).map(({ id }: { id: string }) => id).includes(other.id), true);

    const before = await json("local", "status");
    await rows("UPDATE written SET id = 0");
    await json("storage", "delete-object", "a.txt", "--bucket", "files", "-y");
    const writing = keepWriting(backend);
    const restored = await ask("POST", `/${made.id}/restore`);
    await writing.stop();
    assertEquals(restored.status, 200, JSON.stringify(restored.body));
    assertEquals(await rows("SELECT id FROM written WHERE id < 1"), [{ id: -1 }]);
    await json("storage", "download", "a.txt", "--bucket", "files", "-o", "c.txt");
    const after = await json("local", "status");
    assertEquals([after.pid, after.port], [before.pid, before.port]);
    for (const [id, refused] of [["nope", 400], [crypto.randomUUID(), 404]] as const) {
      assertEquals((await ask("POST", `/${id}/restore`)).status, refused);
      assertEquals((await ask("DELETE", `/${id}`)).status, refused);
      assertEquals((await ask("PATCH", `/${id}`, { name: null })).status, refused);
    }
    assertEquals((await ask("DELETE", `/${made.id}`)).status, 200);
    assertEquals((await run("backups", "restore", made.id, "-y")).code, 4);
    await json("backups", "delete", other.id, "-y");
  });

  it({
    name: "are taken and restored while a PostgreSQL server runs",
    ignore: !postgresAt(),
    async fn() {
      await withFolder(async (cwd) => {
        // PostgreSQL of root runs as another user.
        await Deno.chmod(cwd, 0o711);
        const of = async (...args: string[]) => {
          const { code, stdout, stderr } = await insforge([...args, "--json"], { cwd });
          assertEquals(code, 0, stderr);
          return JSON.parse(stdout);
        };
        await of("local", "start", "--no-postgres", "--port", "0", "--engine", "postgres");
        try {
          await of("db", "query", "CREATE TABLE written AS SELECT 1 AS id");
          const made = await of("backups", "create", "--name", "one", "--wait");
          assertEquals(made.status, "completed");
          await of("db", "query", "DELETE FROM written");
          await of("backups", "restore", made.id, "-y");
          assertEquals((await of("db", "query", "SELECT id FROM written")).rows, [{ id: 1 }]);
        } finally {
          await of("local", "stop");
        }
      });
    },
  });

  it("go on coming back where the power went, or the process, when the server starts", async () => {
    const dataDir = `${cwd}/.insforge/local`;
    await rows("DELETE FROM written; INSERT INTO written VALUES (-2)");
    const { name } = await json("local", "snapshot", "three");
    await rows("DELETE FROM written; INSERT INTO written VALUES (-3)");
    await json("local", "stop");
    const snapshot = `${cwd}/.insforge/snapshots/${name}/data`;
    // One that counts, and one that ended before; the objects have names in both.
    for (let times = 0; times < 2; times++) await prepareData(dataDir, snapshot);
    const half = [...Deno.readDirSync(dataDir)].find(({ name }) => name.startsWith(".restoring."));
    await Deno.rename(`${dataDir}/${half!.name}`, `${dataDir}/restoring`);
    await Deno.mkdir(`${dataDir}/replaced`);
    await Deno.rename(`${dataDir}/postgres`, `${dataDir}/replaced/postgres`);
    const refused = await run("local", "snapshot", "four");
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "are being replaced");
    await json("local", "start", "--no-postgres");
    assertEquals(await rows("SELECT id FROM written"), [{ id: -2 }]);
    const names = [...Deno.readDirSync(dataDir)].map(({ name }) => name);
    assertEquals(names.filter((name) => /restor|replaced/.test(name)), []);
    await json("local", "snapshots", "delete", name, "-y");
  });

  it("have names that lead nowhere else", async () => {
    for (const name of ["..", "a/b"]) {
      assertEquals((await run("local", "snapshot", name)).code, 1, name);
    }
    assertEquals((await Array.fromAsync(Deno.readDir(`${cwd}/.insforge/snapshots`))).length, 1);
  });
});
