import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import type { EngineWish } from "../../src/server/database/engine_options.ts";
import { findPostgres } from "../../src/shared/postgres/programs.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { spawnInsforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { postgresAt } from "../support/postgres.ts";
import { kill } from "../support/server_process.ts";
import { withFolder } from "../support/temporary.ts";

const SLEEP = "SELECT pg_sleep(300)";

function engines(): [name: string, engine: EngineWish][] {
  const programs = findPostgres({ env: (name) => Deno.env.get(name) });
  return [
    ["PGlite", { kind: "pglite" }],
    ...postgresAt() ? [["PostgreSQL", { kind: "postgres", programs }] as [string, EngineWish]] : [],
  ];
}

for (const [name, engine] of engines()) {
  describe({
    name: `a statement on ${name} ends`,
    ignore: Deno.build.os === "windows",
    fn() {
      let backend: TestBackend;
      let env: Record<string, string>;
      beforeAll(async () => {
        // Longer than the test may take: nothing but its client ends the statement.
        backend = await startBackend({ engine, postgresPorts: [0], statementTimeout: 600_000 });
        env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey, NO_COLOR: "1" };
      });
      afterAll(() => backend.close());

      const isRunning = () =>
        backend.database.engine.activity().running.some(({ statement }) =>
          statement.includes("pg_sleep")
        );
      const runs = (isWanted: boolean) => eventually(() => isRunning() === isWanted);

      it("by Ctrl-C in db query", async () => {
        await withFolder(async (home) => {
          const pty = openPty(["db", "query", SLEEP], { env: { ...env, HOME: home } });
          await runs(true);
          await pty.type("\x03");
          await runs(false);
          assertEquals(await pty.end(), 130);
        });
        assertEquals(await backend.sql("SELECT 1 AS n"), [{ n: 1 }]);
      });

      it("by Ctrl-C in db shell, which goes on", async () => {
        await withFolder(async (home) => {
          const pty = openPty(["db", "shell"], { env: { ...env, HOME: home } });
          await pty.expect("sql> ");
          await pty.type(`${SLEEP};\r`);
          await runs(true);
          await pty.type("\x03");
          await pty.expect("Cancelled.");
          await runs(false);
          await pty.type("SELECT 40 + 2 AS answer;\r");
          await pty.expect(/answer\s+─+\s+42/);
          await pty.type("\\q\r");
          assertEquals(await pty.end(), 0);
        });
      });

      it("when its client is killed", async () => {
        const child = spawnInsforge(["db", "query", SLEEP], { env });
        await runs(true);
        await kill(child);
        await runs(false);
      });
    },
  });
}
