import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { freshPath } from "../../src/files/atomic.ts";
import type { ServerState } from "../../src/shared/contract/state.ts";
import { serve } from "../../src/server/instance.ts";
import { StartError } from "../../src/server/start_error.ts";
import type { EngineWish } from "../../src/server/database/engine_options.ts";
import { findPostgres } from "../../src/shared/postgres/programs.ts";
import { CHECKOUT, holdPglite } from "../support/backend.ts";
import { postgresAt } from "../support/postgres.ts";

/** A free port of those that no system gives away by itself. */
function portOfNobody(): number {
  for (let port = 20_000 + Math.floor(Math.random() * 10_000);; port++) {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

describe("an instance", () => {
  let folder: string;
  let dataDir: string;
  beforeAll(async () => {
    holdPglite();
    folder = await Deno.makeTempDir();
    dataDir = `${folder}/nested/data`;
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  /** Serves until `stop` is called. */
  async function start(
    options: { port?: number; dataDir?: string; engine?: EngineWish } = {},
  ) {
    const controller = new AbortController();
    const ready = Promise.withResolvers<ServerState & { apiKey: string }>();
    const running = serve({
      dataDir,
      snapshots: `${folder}/snapshots`,
      port: 0,
      ...options,
      self: CHECKOUT,
      version: "1.2.3",
      signal: controller.signal,
      onReady: ready.resolve,
    });
    running.catch(ready.reject);
    const state = await ready.promise;
    const stop = async () => {
      controller.abort();
      await running;
    };
    return { ...state, running, stop };
  }

  const readState = async () => JSON.parse(await Deno.readTextFile(`${dataDir}/server.json`));

  it("says in its state file where it listens", async () => {
    const { running: _, stop, apiKey: __, ...state } = await start();
    assertEquals(await readState(), state);
    assertEquals([state.pid, state.version], [Deno.pid, "1.2.3"]);
    assertEquals(state.url, `http://127.0.0.1:${state.port}`);
    await (await fetch(`${state.url}/api/health`)).body?.cancel();
    await stop();
    await assertRejects(readState, Deno.errors.NotFound);
  });

  it({
    name: "keeps its files from others",
    ignore: Deno.build.os === "windows",
    async fn() {
      const modes = async (name: string) => (await Deno.stat(`${dataDir}/${name}`)).mode! & 0o777;
      assertEquals(await modes("."), 0o700);
      assertEquals(await modes("postgres"), 0o700);
      assertEquals(await modes("keys.json"), 0o600);
      assertEquals(await modes("logs/insforge.logs.jsonl"), 0o600);
    },
  });

  it({
    name: "lets PostgreSQL, which does not run as root, pass to its own files",
    ignore: Deno.build.os === "windows" || Deno.uid() !== 0 || !postgresAt(),
    async fn() {
      const engine = {
        kind: "postgres",
        programs: findPostgres({ env: (name) => Deno.env.get(name) }),
      } as const;
      const home = await Deno.makeTempDir();
      const inside = { dataDir: `${home}/.insforge/local`, engine };
      const error = await assertRejects(() => start(inside), StartError);
      assertEquals(
        error.message,
        "PostgreSQL does not run as root, and the user that it runs as cannot enter " +
          `${inside.dataDir}.`,
      );
      await Deno.chmod(home, 0o711);
      const { stop } = await start(inside);
      await stop();
      await Deno.remove(home, { recursive: true });
    },
  });

  it("removes what a killed server left half-written", async () => {
    await Deno.writeTextFile(freshPath(`${dataDir}/keys.json`), "{");
    const { stop } = await start();
    await stop();
    const names = [...Deno.readDirSync(dataDir)].map(({ name }) => name);
    assertEquals(names.filter((name) => name.startsWith(".")), []);
  });

  it("ends without its directory, and lets the next one of that path alone", async () => {
    const { running, url, apiKey } = await start();
    const headers = { authorization: `Bearer ${apiKey}` };
    await (await fetch(`${url}/api/database/tables`, { headers })).body?.cancel();
    const ended = assertRejects(() => running, StartError, "somebody removed");
    await Deno.rename(dataDir, `${dataDir}-elsewhere`);
    const next = await start();
    await ended;
    assertEquals((await readState()).port, next.port);
    await next.stop();
    await Deno.remove(`${dataDir}-elsewhere`, { recursive: true });
  });

  it("has its directory to itself", async () => {
    const first = await start();
    await assertRejects(() => start(), StartError, "Another server uses");
    await first.stop();
    await (await start()).stop();
  });

  it("takes the next port when the default is taken, but no other than the one asked for", async () => {
    const first = await start();
    const other = await Deno.makeTempDir();
    await assertRejects(
      () => start({ dataDir: other, port: first.port }),
      StartError,
      `Port ${first.port} is taken`,
    );
    const [second, third] = [
      await start({ dataDir: other, port: undefined }),
      await Deno.makeTempDir(),
    ];
    const fourth = await start({ dataDir: third, port: undefined });
    assertNotEquals(fourth.port, second.port);
    for (const { port } of [second, fourth]) assert(port >= 7130 && port < 7180);
    await Promise.all([first.stop(), second.stop(), fourth.stop()]);
    await Deno.remove(other, { recursive: true });
    await Deno.remove(third, { recursive: true });
  });

  it("listens again where it did last, unless somebody else does", async () => {
    const other = await Deno.makeTempDir();
    const port = portOfNobody();
    const startAs = async (port?: number) => {
      const { stop, ...state } = await start({ dataDir: other, port });
      await stop();
      return state.port;
    };
    assertEquals([await startAs(port), await startAs()], [port, port]);
    const taken = Deno.listen({ hostname: "127.0.0.1", port });
    assertNotEquals(await startAs(), port);
    taken.close();
    // What an ordinary user may not listen on, wherever this test runs.
    const { listen } = Deno;
    const forbidden = (options: Deno.ListenOptions & { transport?: "tcp" }) => {
      if (options.port === 80) throw new Deno.errors.PermissionDenied("(os error 13)");
      return listen(options);
    };
    Object.assign(Deno, { listen: forbidden });
    try {
      await Deno.writeTextFile(`${other}/ports.json`, '{"port":80,"postgresPort":80}');
      assertNotEquals(await startAs(), 80);
      const error = await assertRejects(() => startAs(80), StartError, "listen on port 80");
      assertEquals(error.code, "PORT_FORBIDDEN");
    } finally {
      Object.assign(Deno, { listen });
    }
    await Deno.writeTextFile(`${other}/ports.json`, "{ half");
    assertNotEquals(await startAs(), port);
    await Deno.remove(other, { recursive: true });
  });

  it("stops over HTTP", async () => {
    const { url, apiKey, running } = await start();
    const response = await fetch(`${url}/api/local/shutdown`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}` },
    });
    assertEquals([response.status, (await response.json()).success], [200, true]);
    await running;
  });

  it("says when its directory cannot be written to", async () => {
    const file = await Deno.makeTempFile();
    await assertRejects(
      () => start({ dataDir: `${file}/data` }),
      StartError,
      "cannot be written to",
    );
    await assertRejects(() => start({ dataDir: file }), StartError, "is not a folder");
    await Deno.remove(file);
  });

  it("is not misled by what a crash left", async () => {
    await Deno.writeTextFile(`${dataDir}/server.json`, "{ half");
    await Deno.writeTextFile(`${dataDir}/postgres/postmaster.pid`, "1\n/elsewhere\n");
    await Deno.mkdir(`${dataDir}/postgres.new/half`, { recursive: true });
    const mark = `${dataDir}/postgres/schema_digest`;
    const schema = await Deno.readTextFile(mark);
    await Deno.remove(mark);
    const { stop, port } = await start();
    assertEquals((await readState()).port, port);
    assertEquals(await Deno.readTextFile(mark), schema);
    await stop();
  });

  it("names a state that does not say where the data are", async () => {
    const store = { url: "s3://b", accessKeyId: "k", secretAccessKey: "s" };
    const damages: [file: string, states: unknown[]][] = [
      ["engine.json", ["", null, [], {}, { engine: "url" }, { engine: "mysql", password: "p" }]],
      ["objects.json", ["", null, [], { ...store, url: 1 }, { ...store, accessKeyId: 1 }]],
    ];
    for (const [file, states] of damages) {
      for (const state of states) {
        await Deno.writeTextFile(`${dataDir}/${file}`, state === "" ? "" : JSON.stringify(state));
        await assertRejects(() => start(), StartError, `${file} is damaged, and says where`);
      }
      await Deno.remove(`${dataDir}/${file}`);
    }
    await (await start()).stop();
  });

  it("says what is wrong with a data directory that it cannot open", async () => {
    const damages: [file: string, content: string | undefined, message: string][] = [
      ["PG_VERSION", "12\n", "was made by PostgreSQL 12"],
      ["PG_VERSION", undefined, "without its PG_VERSION"],
      ["global/pg_control", undefined, `its files in ${dataDir}/postgres are damaged`],
      ["global/pg_control", "short", `its files in ${dataDir}/postgres are damaged`],
    ];
    for (const [file, content, message] of damages) {
      const path = `${dataDir}/postgres/${file}`;
      const whole = await Deno.readFile(path);
      if (content === undefined) await Deno.remove(path);
      else await Deno.writeTextFile(path, content);
      await assertRejects(() => start(), StartError, message);
      await Deno.writeFile(path, whole);
    }
    await (await start()).stop();
  });
});
