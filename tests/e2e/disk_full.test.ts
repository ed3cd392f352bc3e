/**
 * A disk without room, and one that cannot be written to: small file systems in memory, which only
 * root can mount.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { walk } from "@std/fs/walk";
import { it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { insforge } from "../support/executable.ts";
import { kill, serveProcess, type ServerProcess } from "../support/server_process.ts";
import { linkedTo } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const mount = (...args: string[]) => new Deno.Command("mount", { args }).output();
const unmount = (path: string) => new Deno.Command("umount", { args: ["-l", path] }).output();

const canMount = Deno.build.os === "linux" && Deno.uid() === 0 && await withFolder(async (path) => {
  const { success } = await mount("-t", "tmpfs", "tmpfs", path);
  if (success) await unmount(path);
  return success;
});

/** Hands out a file system of its own size, such as `1m`. */
async function withDisk(size: string, work: (path: string) => Promise<void>): Promise<void> {
  await withFolder(async (path) => {
    await mount("-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path);
    try {
      await work(path);
    } finally {
      await unmount(path);
    }
  });
}

/** Takes all the room that is left, in a file that can be removed again. */
async function fill(disk: string, name = "filler"): Promise<string> {
  const path = `${disk}/${name}`;
  using file = await Deno.open(path, { write: true, create: true });
  const block = new Uint8Array(1 << 16);
  try {
    while (true) await file.write(block);
  } catch {
    return path;
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

const filesOf = async (folder: string) =>
  (await Array.fromAsync(walk(folder, { includeDirs: false }))).map(({ name }) => name).sort();

it({
  name: "a command whose output does not fit, or may not be written, says so and leaves no half",
  ignore: !canMount,
  async fn() {
    await withFolder(async (folder) => {
      const server = await serveProcess(`${folder}/data`);
      try {
        const { env } = server;
        const text =
          "CREATE TABLE t AS SELECT repeat('x', 1000) AS a FROM generate_series(1, 2000)";
        assertEquals((await insforge(["db", "query", text], { env })).code, 0);
        const commands = [
          ["db", "export", "-o", "kept.sql"],
          ["db", "types", "-o", "types.ts"],
          ["db", "migrations", "new", "one"],
          ["functions", "new", "one"],
        ];
        await withDisk("1m", async (cwd) => {
          await Deno.writeTextFile(`${cwd}/kept.sql`, "old");
          await fill(cwd);
          const failAll = async (why: string) => {
            for (const args of commands) {
              const result = await insforge([...args, "--json"], { cwd, env });
              const shown = `${args.join(" ")}: ${result.stdout}${result.stderr}`;
              assertEquals(result.code, 1, shown);
              const { code, error } = JSON.parse(result.stderr);
              assertEquals(code, "FILE_ERROR", shown);
              assertMatch(error, new RegExp(`^Cannot write \\S+: ${why}\\.$`));
              assertEquals(await filesOf(cwd), ["filler", "kept.sql"], shown);
            }
            assertEquals(await Deno.readTextFile(`${cwd}/kept.sql`), "old");
          };
          await failAll("no space left on device");
          await mount("-o", "remount,ro", cwd);
          await failAll("read-only file system");
          const args = ["local", "serve", "--data-dir", `${cwd}/data`, "--json"];
          const { code, stderr } = await insforge(args, { cwd });
          assertEquals(code, 1);
          assertStringIncludes(JSON.parse(stderr).error, "cannot be written to");
        });
      } finally {
        await server.kill();
      }
    });
  },
});

it({
  name: "a first start without room says so and leaves nothing, nor does a stream that is kept",
  ignore: !canMount,
  async fn() {
    await withDisk("1m", async (cwd) => {
      const started = await insforge(["local", "start", "--ephemeral"], { cwd });
      assertEquals(started.code, 1);
      assertStringIncludes(started.stderr, "does not start: the disk is full");
      const env = { ...linkedTo({ url: "http://127.0.0.1:1" }), TMPDIR: cwd };
      const stdin = "SELECT 1;\n".repeat(200_000);
      const imported = await insforge(["db", "import", "-"], { cwd, env, stdin });
      assertEquals(imported.code, 1);
      assertMatch(imported.stderr, /Cannot keep standard input in \S+: no space left on device\./);
      assertEquals(await filesOf(cwd), []);
    });
  },
});

it({
  name: "a backend whose disk is full says so, loses nothing, and goes on when there is room",
  ignore: !canMount,
  async fn() {
    await withDisk("120m", async (disk) => {
      const server = await serveProcess(`${disk}/data`);
      const { env } = server;
      const cwd = await Deno.makeTempDir();
      const run = (...args: string[]) => insforge(args, { cwd, env });
      const query = (text: string) => run("db", "query", text, "--json");
      const insert = (n: number) =>
        query(`INSERT INTO t SELECT ${n}, repeat('x', 1000) FROM generate_series(1, 20000)`);
      try {
        assertEquals((await query("CREATE TABLE t (n int, filler text)")).code, 0);
        assertEquals((await run("storage", "create-bucket", "b")).code, 0);
        await Deno.writeTextFile(`${cwd}/file`, "content ".repeat(100_000));
        const upload = (key: string) =>
          run("storage", "upload", "file", "--bucket", "b", "--key", key, "--json");
        assertEquals((await upload("before")).code, 0);
        assertEquals((await query("INSERT INTO t VALUES (0, 'kept')")).code, 0);
        const filler = await fill(disk);
        const failures = [
          await insert(1),
          await upload("meanwhile"),
          await run("secrets", "add", "A_SECRET", "some-value", "--json"),
        ];
        assert(failures.some(({ code }) => code !== 0));
        for (const { code, stderr } of failures) {
          if (code !== 0) assertMatch(stderr, /no space left|disk is full/i);
        }
        assertStringIncludes(failures[1]!.stderr, "Make room on the disk");
        await Deno.remove(filler);
        assertEquals((await query("INSERT INTO t VALUES (2, 'after')")).code, 0);
        assertEquals((await upload("after")).code, 0);
        const { stdout } = await query(
          "SELECT n, count(*)::int AS rows FROM t GROUP BY n ORDER BY n",
        );
        const failed = failures[0]!.code !== 0;
        assertEquals(
          JSON.parse(stdout).rows,
          [{ n: 0, rows: 1 }, ...(failed ? [] : [{ n: 1, rows: 20000 }]), { n: 2, rows: 1 }],
        );
        const objects = JSON.parse((await run("storage", "list-objects", "b", "--json")).stdout);
        assertStringIncludes(JSON.stringify(objects), '"after"');
        assertEquals(JSON.stringify(objects).includes('"meanwhile"'), failures[1]!.code === 0);
        const left = await Array.fromAsync(walk(disk, { match: [/\.(partial|tmp)$/] }));
        assertEquals(left.map(({ path }) => path), []);
      } finally {
        await server.kill();
        await Deno.remove(cwd, { recursive: true });
      }
    });
  },
});

it({
  name:
    "a backend that was killed on a full disk starts again and reads, and says so without its reserve",
  ignore: !canMount,
  async fn() {
    await withDisk("150m", async (disk) => {
      const start = () => serveProcess(`${disk}/data`);
      const rows = async ({ env }: ServerProcess) => {
        const result = await insforge(["db", "query", "SELECT n FROM t", "--json"], { env });
        assertEquals(result.code, 0, result.stderr);
        return JSON.parse(result.stdout).rows;
      };
      let server = await start();
      const sql = "CREATE TABLE t AS SELECT 1 AS n";
      assertEquals((await insforge(["db", "query", sql], { env: server.env })).code, 0);
      const reserve = `${disk}/data/reserve`;
      await eventually(() => sizeOf(reserve) === 16 * 1024 ** 2);
      const filler = await fill(disk);
      await kill(server.child);
      server = await start();
      assertEquals(await rows(server), [{ n: 1 }]);
      await kill(server.child);
      // Not even the room for its state is left.
      await fill(disk, "more");
      const args = ["local", "serve", "--port", "0", "--data-dir", `${disk}/data`, "--json"];
      const refused = await insforge(args);
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, "does not start: the disk is full");
      await Deno.remove(filler);
      server = await start();
      assertEquals(await rows(server), [{ n: 1 }]);
      await server.kill();
    });
  },
});
