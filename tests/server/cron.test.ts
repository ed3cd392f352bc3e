import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";

describe("pg_cron", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
    const { engine } = backend.database;
    const create = "CREATE EXTENSION IF NOT EXISTS pg_cron";
    // On a server it is in SQL, and there from the start.
    if (engine.address) assertMatch(await refusal(create), /pg_cron/);
    else await backend.sql(create);
    await backend.sql("CREATE TABLE ticks (by text)");
  });
  afterAll(() => backend.close());

  const refusal = async (query: string) => {
    const { status, body } = await backend.request("POST", "/api/database/advance/rawsql", {
      query,
    });
    assertEquals(status >= 400, true, query);
    return body.message as string;
  };

  it("runs a command at its times, as who scheduled it", async () => {
    const [job] = await backend.sql(
      "SELECT cron.schedule('tick', '1 seconds', 'INSERT INTO ticks SELECT current_user') AS id",
    );
    await eventually(async () => (await backend.sql("SELECT FROM ticks")).length > 1);
    assertEquals(await backend.sql("SELECT DISTINCT by FROM ticks"), [{ by: "project_admin" }]);
    const runs = await backend.sql(
      "SELECT DISTINCT jobid, status, return_message FROM cron.job_run_details",
    );
    assertEquals(runs, [{ jobid: job!.id, status: "succeeded", return_message: "1 rows" }]);
  });

  it("notes what failed, and forgets what is unscheduled", async () => {
    await backend.sql("SELECT cron.schedule('tick', '1 seconds', 'SELECT 1 / 0')");
    const failed = "SELECT return_message FROM cron.job_run_details WHERE status = 'failed'";
    await eventually(async () => (await backend.sql(failed)).length > 0);
    assertMatch((await backend.sql(failed))[0]!.return_message, /division by zero/);
    assertEquals(await backend.sql("SELECT cron.unschedule('tick') AS done"), [{ done: true }]);
    assertEquals(await backend.sql("SELECT * FROM cron.job"), []);
    assertMatch(await refusal("SELECT cron.unschedule('tick')"), /could not find valid entry/);
  });

  it("takes jobs by their times, and none for somebody else", async () => {
    await backend.sql("SELECT cron.schedule('nightly', '0 3 * * 1-5', 'VACUUM')");
    await backend.sql("SELECT cron.alter_job(jobid, schedule := '@hourly') FROM cron.job");
    assertEquals(await backend.sql("SELECT schedule, username, jobname FROM cron.job"), [
      { schedule: "@hourly", username: "project_admin", jobname: "nightly" },
    ]);
    assertMatch(
      await refusal("SELECT cron.schedule('now and then', 'SELECT 1')"),
      /invalid schedule/,
    );
    const other =
      "SELECT cron.schedule_in_database('x', '* * * * *', 'SELECT 1', 'postgres', 'postgres')";
    assertMatch(await refusal(other), /another role/);
  });
});
