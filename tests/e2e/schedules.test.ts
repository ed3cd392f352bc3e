import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";
import { insforge } from "../support/executable.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";

let backend: TestBackend;

const run = (...args: string[]) =>
  insforge(["schedules", ...args], {
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
  });
const call = ["--url", "http://127.0.0.1:1/x", "--method", "post"];

describe("the schedules commands", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("create, show, change, pause and delete a schedule", async () => {
    assertStringIncludes((await run("list")).stdout, "There are no schedules yet.");
    const headers = '{"x-a":"b"}';
    const made = await run(
      ...["create", "--name", "Nightly", "--cron", "0 3 * * *", ...call],
      ...["--headers", headers, "--body", '{"a":1}'],
    );
    assertEquals(made.code, 0, made.stderr);
    assertMatch(made.stdout, /✓ Created the schedule Nightly\.\nID: +\S+\nNext run: .*T03:00:00/);
    const [{ id, httpMethod }] = JSON.parse((await run("list", "--json")).stdout);
    assertEquals(httpMethod, "POST");
    assertMatch((await run("list")).stdout, new RegExp(`^${id} .*Nightly`, "m"));
    const shown = (await run("get", id)).stdout;
    assertMatch(shown, /Cron: +0 3 \* \* \* \(UTC\)/);
    assertStringIncludes(shown, headers);
    assertEquals((await run("update", id, "--active", "false")).code, 0);
    assertMatch((await run("get", id)).stdout, /Active: +false\nNext run: +none/);
    assertStringIncludes((await run("logs", id)).stdout, "It has not run yet.");
    const refused = await run("delete", id);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "Delete the schedule Nightly");
    assertEquals((await run("delete", id, "-y")).code, 0);
    assertEquals((await run("get", id)).code, 4);
    assertEquals((await run("delete", id, "-y")).code, 4);
  });

  it("what pg_cron does not take is refused before the request, and its seconds are taken", async () => {
    await using server = stubServer(({ method }) =>
      Response.json(method === "POST" ? { id: "1" } : { id: "1", name: "abc" })
    );
    const create = (cron: string) =>
      runInProcess(["schedules", "create", "--name", "abc", "--cron", cron, ...call], {
        cwd: "/",
        env: linkedTo(server),
      });
    const refused = [
      "0 0 L * *",
      "0 0 1W * *",
      "0 0 ? * *",
      "0 0 * * 5#2",
      "0 0 31 2 *",
      "0 0 30 2 *",
    ];
    refused.push(
      "0 0 31 4,6,9,11 *",
      "5/10 * * * *",
      "60 * * * *",
      "0 0 0 * *",
      "* * * * 5-1",
      "*/0 * * * *",
    );
    for (const cron of refused) {
      const { code, stderr } = await create(cron);
      assertEquals(code, 1, cron);
      assertMatch(stderr, /^Error: --cron would never be run: /, cron);
    }
    assertEquals(server.requests.length, 0);
    for (
      const cron of [
        "30 seconds",
        "1 second",
        "0 0 31 2 1",
        "*/15 8-18 * jan-mar mon-fri",
        "0 0 29 2 *",
      ]
    ) {
      const { code, stderr } = await create(cron);
      assertEquals([code, stderr], [0, ""], cron);
    }
  });

  it("R59: anything but five fields is refused before the request, with the form that is meant", async () => {
    await using server = stubServer(() => new Response());
    const cases: [string, string][] = [
      ["0 */5 * * * *", "*/5 * * * *"],
      ["5 minutes", "*/5 * * * *"],
      ["every 2h", "0 */2 * * *"],
      ["every 30 s", "30 seconds"],
      ["60 seconds", "* * * * *"],
      ["@daily", "0 0 * * *"],
      ["* * *", ""],
      ["", ""],
    ];
    for (const [cron, meant] of cases) {
      const args = ["schedules", "create", "--name", "abc", "--cron", cron, ...call];
      const { code, stderr } = await insforge(args, { env: linkedTo(server) });
      assertEquals(code, 1);
      assertMatch(stderr, cron === "" ? /--cron/ : /5 fields|give 5/);
      if (meant) assertStringIncludes(stderr, JSON.stringify(meant));
    }
    assertEquals(server.requests.length, 0);
  });

  it("a secret that is missing ends with 4, wrong options with 1", async () => {
    const args = ["create", "--name", "abc", "--cron", "* * * * *", ...call];
    const missing = await run(...args, "--headers", '{"x":"${{secrets.NOPE}}"}');
    assertEquals(missing.code, 4);
    assertStringIncludes(missing.stderr, "NOPE");
    const wrong = [
      ["create", "--name", "abc"],
      [...args, "--headers", '{"x":1}'],
      [...args, "--body", "[1]"],
      ["create", "--name", "ab", "--cron", "* * * * *", ...call],
      ["create", "--name", "abc", "--cron", "* * * * *", "--url", "/x", "--method", "GET"],
      ["create", "--name", "abc", "--cron", "* * * * *", "--url", "http://x", "--method", "HEAD"],
      ["create", "--name", "abc", "--cron", "99 * * * *", ...call],
      ["update", "00000000-0000-4000-8000-000000000000"],
      ["logs", "x", "--limit", "0"],
      ["logs", "x", "--limit", "101"],
    ];
    for (const args of wrong) assertEquals((await run(...args)).code, 1, args.join(" "));
  });

  it("R61: names in snake case of an older backend come out in camel case", async () => {
    const old = { id: "1", name: "abc", cron_schedule: "* * * * *", is_active: false };
    await using server = stubServer(() => Response.json([old]));
    const { stdout } = await insforge(["schedules", "list", "--json"], { env: linkedTo(server) });
    assertEquals(JSON.parse(stdout), [
      { id: "1", name: "abc", cronSchedule: "* * * * *", isActive: false },
    ]);
  });
});
