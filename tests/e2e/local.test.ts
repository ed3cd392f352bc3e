import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import postgres from "postgres";
import { insforge, type ProcessResult } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { withFolder } from "../support/temporary.ts";

let root: string;

/** Runs a command in a folder below the test's own, without any home. */
const run = (folder: string, ...args: string[]): Promise<ProcessResult> =>
  insforge(args, { cwd: `${root}/${folder}` });

const json = async (folder: string, ...args: string[]) => {
  const result = await run(folder, ...args, "--json");
  assertEquals(result.code, 0, result.stderr);
  return JSON.parse(result.stdout);
};

describe("the local backend", () => {
  beforeAll(async () => {
    root = await Deno.realPath(await Deno.makeTempDir({ prefix: "insforge-test-" }));
    for (const folder of ["main", "second", "linked", "ignored", "twice", "taken"]) {
      await Deno.mkdir(`${root}/${folder}`);
    }
  });

  afterAll(async () => {
    for await (const { name } of Deno.readDir(root)) await run(name, "local", "stop");
    await Deno.remove(root, { recursive: true });
  });

  it("starts, links the directory and answers SQL", async () => {
    const started = performance.now();
    const state = await json("main", "local", "start");
    assert(performance.now() - started < 20_000);
    assertEquals([state.status, state.started], ["running", true]);
    assertMatch(state.url, /^http:\/\/127\.0\.0\.1:\d+$/);

    const sql = "CREATE TABLE posts (id serial PRIMARY KEY, title text NOT NULL)";
    assertEquals((await run("main", "db", "query", sql)).code, 0);
    await run("main", "db", "query", "INSERT INTO posts (title) VALUES ('Hello'), ('World')");
    const { rows } = await json("main", "db", "query", "SELECT * FROM posts ORDER BY id");
    assertEquals(rows, [{ id: 1, title: "Hello" }, { id: 2, title: "World" }]);
    assertEquals(await json("main", "db", "tables"), ["posts"]);
  });

  it("answers clients of PostgreSQL at the address that it prints", async () => {
    const { connectionURL } = await json("main", "db", "connection-string");
    const sql = postgres(connectionURL, { max: 1 });
    assertEquals([...await sql`SELECT title FROM posts WHERE id = ${1}`], [{ title: "Hello" }]);
    await sql.end();
    const { postgresPort } = await json("main", "local", "status");
    assertEquals(new URL(connectionURL).port, String(postgresPort));
  });

  it("says that it runs where another port is asked for", async () => {
    const { port } = await json("main", "local", "status");
    const { code, stderr } = await run("main", "local", "start", "--port", String(port + 1));
    assertEquals(code, 0);
    assertStringIncludes(stderr, `It runs on port ${port}, not on ${port + 1}`);
    assertEquals((await run("main", "local", "start", "--port", String(port))).stderr, "");
  });

  it("is offered to be started again where somebody can be asked", async () => {
    const cwd = `${root}/twice`;
    await json("twice", "local", "start");
    assertEquals((await run("twice", "local", "stop")).code, 0);
    const ask = async (answer: string) => {
      const pty = openPty(["db", "query", "SELECT 40 + 2 AS answer"], { cwd });
      await pty.expect("The local backend of this directory is stopped. Start it?", 60_000);
      await pty.type(answer);
      return { code: await pty.end(), screen: pty.screen() };
    };
    const declined = await ask("n\r");
    assertEquals(declined.code, 1);
    assertStringIncludes(declined.screen, "insforge local start");
    const agreed = await ask("y\r");
    assertEquals(agreed.code, 0);
    assertMatch(agreed.screen, /The local backend is running[^]*answer[^]*42/);
    assertEquals((await run("twice", "local", "stop")).code, 0);
  });

  it({
    name: "is stopped also when it is too busy to answer at once, or said not to be",
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const { pid } = await json("twice", "local", "start");
      Deno.kill(pid, "SIGSTOP");
      const stopping = run("twice", "local", "stop");
      // Longer than a server that is not busy is given.
      const held = setTimeout(() => Deno.kill(pid, "SIGCONT"), 3_000);
      const { code, stdout } = await stopping;
      clearTimeout(held);
      assertEquals([code, stdout], [0, "✓ The local backend has stopped.\n"]);
      assertEquals((await json("twice", "local", "status")).status, "stopped");
    },
  });

  it("starts once, however many ask for it at once, and stays stopped", async () => {
    const started = await Promise.all([1, 2, 3].map(() => json("twice", "local", "start")));
    assertEquals(new Set(started.map(({ pid }) => pid)).size, 1);
    assertEquals((await run("twice", "local", "stop")).code, 0);
    // Nobody who waited for the folder has it now.
    const lock = await Deno.open(`${root}/twice/.insforge/local/lock`, { write: true });
    await lock.lock(true);
    lock.close();
    assertEquals((await json("twice", "local", "status")).status, "stopped");
  });

  it("says why it does not start", async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const taken = await run("taken", "local", "start", "--port", String(port));
    assertEquals([taken.code, taken.stderr.split("\n")[0]], [1, `Error: Port ${port} is taken.`]);
    await Deno.mkdir(`${root}/taken/.insforge/local`, { recursive: true });
    await Deno.writeTextFile(`${root}/taken/.insforge/local/keys.json`, "{");
    // Nothing is encrypted with them yet, so they are made anew.
    assertEquals((await run("taken", "local", "start")).code, 0);
    await run("taken", "db", "query", "SELECT 1");
    assertEquals((await run("taken", "secrets", "add", "TOKEN", "value")).code, 0);
    await run("taken", "local", "stop");
    await Deno.writeTextFile(`${root}/taken/.insforge/local/keys.json`, "{");
    const broken = await run("taken", "local", "start");
    assertEquals(broken.code, 1);
    assertStringIncludes(broken.stderr, "keys.json");
    assertStringIncludes(broken.stderr, "encrypted");
    await Deno.remove(`${root}/taken/.insforge/local`, { recursive: true });
  });

  it("R32: keeps its keys out of version control, once", async () => {
    await run("main", "local", "start");
    assertEquals(await Deno.readTextFile(`${root}/main/.gitignore`), ".insforge/\n");
    await Deno.writeTextFile(`${root}/ignored/.gitignore`, "node_modules\n.insforge");
    await run("ignored", "local", "start");
    assertEquals(
      await Deno.readTextFile(`${root}/ignored/.gitignore`),
      "node_modules\n.insforge",
    );
    await run("ignored", "local", "stop");
  });

  it("keeps keys to their owner", async () => {
    if (Deno.build.os === "windows") return;
    const mode = async (path: string) => (await Deno.stat(`${root}/main/${path}`)).mode! & 0o777;
    assertEquals(await mode(".insforge/project.json"), 0o600);
    assertEquals(await mode(".insforge/local/keys.json"), 0o600);
    assertEquals(await mode(".insforge"), 0o700);
  });

  it("R29: current shows the link without its key", async () => {
    const { api_key } = JSON.parse(
      await Deno.readTextFile(`${root}/main/.insforge/project.json`),
    );
    const { stdout } = await run("main", "current", "--json");
    assertEquals(JSON.parse(stdout).project.region, "local");
    assertEquals(stdout.includes(api_key), false);
    const debug = await insforge(["db", "tables"], {
      cwd: `${root}/main`,
      env: { INSFORGE_DEBUG: "1" },
    });
    assertStringIncludes(debug.stderr, "/api/database/tables");
    assertEquals(debug.stderr.includes(api_key), false);
  });

  it("is found from a folder further down", async () => {
    await Deno.mkdir(`${root}/main/src/deep`, { recursive: true });
    assertEquals(await json("main/src/deep", "db", "tables"), ["posts"]);
    await Deno.mkdir(`${root}/main/other/.git`, { recursive: true });
    assertEquals((await run("main/other", "db", "tables")).code, 3);
  });

  it("starts once per directory and several side by side", async () => {
    const again = await json("main", "local", "start");
    assertEquals(again.started, false);
    const second = await json("second", "local", "start");
    assert(second.port !== again.port);
    assertEquals(await json("second", "db", "tables"), []);
    assertEquals((await json("second", "local", "status")).status, "running");
    assertEquals((await json("second", "local", "stop")).stopped, true);
    assertEquals((await json("second", "local", "status")).status, "stopped");
    assertEquals((await json("second", "local", "stop")).stopped, false);
  });

  it("keeps what was committed when it is killed, and starts again without a hand", async () => {
    const { pid } = await json("main", "local", "status");
    await run("main", "db", "query", "INSERT INTO posts (title) VALUES ('before the kill')");
    Deno.kill(pid, "SIGKILL");
    const state = await json("main", "local", "start");
    assertEquals(state.started, true);
    const { rows } = await json("main", "db", "query", "SELECT count(*) FROM posts");
    assertEquals(rows, [{ count: "3" }]);
  });

  it("brings a displaced link back", async () => {
    const cloud = {
      project_id: "11111111-2222-3333-4444-555555555555",
      project_name: "shop",
      org_id: "o",
      appkey: "abc",
      region: "us-east",
      api_key: "ik_cloud",
      oss_host: "https://abc.us-east.insforge.app",
      unknown_field: { kept: true },
    };
    await Deno.mkdir(`${root}/linked/.insforge`);
    const file = `${root}/linked/.insforge/project.json`;
    await Deno.writeTextFile(file, JSON.stringify(cloud));
    const started = await run("linked", "local", "start");
    assertStringIncludes(started.stderr, "https://abc.us-east.insforge.app");
    assertEquals(JSON.parse(await Deno.readTextFile(file)).region, "local");
    const stopped = await json("linked", "local", "stop", "--unlink");
    assertEquals(stopped.restored, "https://abc.us-east.insforge.app");
    assertEquals(JSON.parse(await Deno.readTextFile(file)), cloud);
  });

  it("R12: is emptied only when that is confirmed, by -y alone", async () => {
    const refused = await run("main", "local", "reset");
    assertEquals(refused.code, 1);
    assertEquals(await json("main", "db", "tables"), ["posts"]);
    assertEquals((await run("main", "local", "reset", "--json")).code, 1);
    assertEquals((await run("main", "local", "reset", "-y")).code, 0);
    await run("main", "local", "start");
    assertEquals(await json("main", "db", "tables"), []);
  });

  it("can be linked by address and key, which are tried first", async () => {
    await withFolder(async (cwd) => {
      const { oss_host, api_key } = JSON.parse(
        await Deno.readTextFile(`${root}/main/.insforge/project.json`),
      );
      const link = (key: string) =>
        insforge(["link", "--api-base-url", oss_host, "--api-key", key], { cwd });
      const wrong = await link("ik_wrong");
      assertEquals(wrong.code, 2);
      assertEquals(wrong.stderr.includes("ik_wrong"), false);
      assertEquals((await link(api_key)).code, 0);
      const project = JSON.parse(await Deno.readTextFile(`${cwd}/.insforge/project.json`));
      assertEquals(project.project_id, "fa4e0000-1234-5678-90ab-cd1234567890");
      assertEquals([project.oss_host, project.region], [oss_host, "us-test"]);
    });
  });

  it("names a data directory elsewhere that the link has", async () => {
    const data = `${root}/elsewhere`;
    try {
      await json("second", "local", "start", "--data-dir", data);
      const told = `keeps its data in ${data}: insforge local`;
      assertStringIncludes((await run("second", "local", "stop")).stdout, told);
      assertStringIncludes((await run("second", "local", "status")).stdout, told);
    } finally {
      await run("second", "local", "stop", "--data-dir", data);
    }
  });

  it("describes itself", async () => {
    const metadata = await json("main", "metadata");
    assertEquals(metadata.database.tables, []);
    const { stdout } = await run("main", "metadata");
    assertStringIncludes(stdout, "There are no tables yet.");
  });
});
