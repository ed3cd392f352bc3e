import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { insforge } from "../support/executable.ts";

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

  it("have names that lead nowhere else", async () => {
    for (const name of ["..", "a/b"]) {
      assertEquals((await run("local", "snapshot", name)).code, 1, name);
    }
    assertEquals((await Array.fromAsync(Deno.readDir(`${cwd}/.insforge/snapshots`))).length, 1);
  });
});
