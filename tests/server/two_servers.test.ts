import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { findPostgres } from "../../src/shared/postgres/programs.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { postgresAt } from "../support/postgres.ts";
import { type StubServer, stubServer } from "../support/stub_server.ts";

describe({
  name: "two servers over one PostgreSQL",
  ignore: !postgresAt(),
  fn() {
    let first: TestBackend;
    let second: TestBackend;
    let hook: StubServer;
    const times: number[] = [];

    beforeAll(async () => {
      hook = stubServer(() => {
        times.push(Date.now());
        return new Response("ok");
      });
      const programs = findPostgres({ env: (name) => Deno.env.get(name) });
      first = await startBackend({ engine: { kind: "postgres", programs }, postgresPorts: [0] });
      const { user, password, host, port, database } = first.database.engine.address!;
      const url = `postgres://${user}:${password}@${host}:${port}/${database}`;
      const dataDir = await Deno.makeTempDir();
      await Deno.copyFile(`${first.dataDir}/keys.json`, `${dataDir}/keys.json`);
      second = await startBackend({ dataDir, engine: { url } });
    });
    afterAll(async () => {
      await first.close();
      await hook[Symbol.asyncDispose]();
    });

    const reach = (count: number) => eventually(() => Promise.resolve(times.length >= count));

    it("run each schedule and each cron job once, and one goes on for the other", async () => {
      await first.sql("CREATE TABLE runs (second text)");
      await first.sql(
        "SELECT cron.schedule('1 second', $$INSERT INTO runs VALUES (date_trunc('second', clock_timestamp())::text)$$)",
      );
      const { status } = await second.request("POST", "/api/schedules", {
        name: "Each second",
        cronSchedule: "1 second",
        functionUrl: `${hook.url}/hook`,
        httpMethod: "POST",
      });
      assertEquals(status, 201);
      await reach(6);
      await second.close();
      const before = times.length;
      await reach(before + 3);
      const [claimed] = await first.sql("SELECT count(*)::int AS n FROM schedules.job_logs", {
        unrestricted: true,
      });
      // One of them may be under way.
      assert(times.length - claimed!.n <= 1, `${times.length} calls, ${claimed!.n} noted`);
      const seconds = Math.ceil((times.at(-1)! - times[0]!) / 1000) + 1;
      assert(times.length <= seconds, `${times.length} calls in ${seconds} s`);
      const [runs] = await first.sql(
        `SELECT count(*)::int AS n, extract(epoch FROM max(second::timestamptz) -
          min(second::timestamptz))::int + 1 AS seconds FROM runs`,
      );
      assert(runs!.n > 0 && runs!.n <= runs!.seconds + 1, JSON.stringify(runs));
    });
  },
});
