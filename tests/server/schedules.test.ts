import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import {
  getScheduleResponseSchema,
  listExecutionLogsResponseSchema,
  listSchedulesResponseSchema,
} from "@insforge/shared-schemas";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { type SeenRequest, type StubServer, stubServer } from "../support/stub_server.ts";

const START = "2026-01-05T08:59:30.000Z";

let backend: TestBackend;
let server: StubServer;
let now: Date;
let answer: (request: SeenRequest) => Response | Promise<Response>;

const clock = () => now;
const advance = (seconds: number) => now = new Date(now.getTime() + seconds * 1000);
const request = (method: string, path: string, body?: unknown) =>
  backend.request(method, `/api/schedules${path}`, body);
const fields = (changes = {}) => ({
  name: "Each minute",
  cronSchedule: "* * * * *",
  functionUrl: `${server.url}/hook?x=1`,
  httpMethod: "POST",
  ...changes,
});

async function create(changes = {}): Promise<string> {
  const { status, body } = await request("POST", "", fields(changes));
  assertEquals(status, 201, JSON.stringify(body));
  return body.id;
}

const runsOf = async (id: string) => (await request("GET", `/${id}/logs`)).body;
const runs = (id: string, count: number) =>
  eventually(async () => (await runsOf(id)).totalCount === count);
/** Has the scheduler run another schedule: whatever else was due by now has begun before it. */
async function runAnother(): Promise<void> {
  const functionUrl = `${server.url}/another`;
  const id = await create({ name: "Another", cronSchedule: "1 seconds", functionUrl });
  advance(1.5);
  await runs(id, 1);
  assertEquals((await request("DELETE", `/${id}`)).status, 200);
}
const calls = () => server.requests.filter(({ target }) => target === "/hook?x=1").length;

describe("schedules", () => {
  beforeEach(async () => {
    now = new Date(START);
    answer = () => new Response("ok");
    server = stubServer((request) => answer(request));
    backend = await startBackend({ clock });
  });
  afterEach(async () => {
    await backend.close();
    await server[Symbol.asyncDispose]();
  });

  it("have the shapes of the contract, and their next run", async () => {
    const id = await create({
      cronSchedule: "0 9 * * 1-5",
      body: { a: 1 },
      headers: { "x-a": "b" },
    });
    const { body: schedule } = await request("GET", `/${id}`);
    getScheduleResponseSchema.parse(schedule);
    assertEquals([
      schedule.nextRun,
      schedule.lastExecutedAt,
      schedule.cronJobId,
      schedule.createdAt,
    ], [
      "2026-01-05T09:00:00.000Z",
      null,
      "1",
      START,
    ]);
    const plain = (await request("GET", `/${await create()}`)).body;
    assertEquals([plain.headers, plain.body], [{}, {}]);
    assertEquals(listSchedulesResponseSchema.parse((await request("GET", "")).body).length, 2);
    assertEquals((await request("DELETE", `/${id}`)).status, 200);
    assertEquals((await request("GET", `/${id}`)).body.error, "SCHEDULE_NOT_FOUND");
    assertEquals((await request("GET", "/not-a-uuid")).status, 404);
  });

  it("run what was due before they were changed", async () => {
    const id = await create();
    // Due, and changed before the scheduler has looked at the clock.
    advance(31);
    await request("PATCH", `/${id}`, { httpMethod: "GET" });
    await runs(id, 1);
    assertEquals(server.requests.map(({ method }) => method), ["POST"]);
  });

  it("send their headers to no other address", async () => {
    await using other = stubServer(() => new Response());
    answer = () => Response.redirect(other.url, 307);
    const id = await create({ headers: { "x-key": "secret" } });
    advance(31);
    await runs(id, 1);
    const [{ statusCode, success, message }] = (await runsOf(id)).logs;
    assertEquals([statusCode, success], [307, false]);
    assertMatch(message, /not followed/);
    assertEquals(other.requests, []);
  });

  it("run on time, and never twice", async () => {
    const id = await create({ body: { a: 1 } });
    advance(29);
    assertEquals((await runsOf(id)).totalCount, 0);
    advance(1.5);
    await runs(id, 1);
    const { logs } = listExecutionLogsResponseSchema.parse(await runsOf(id));
    assertEquals(
      logs.map(({ executedAt, statusCode, success, message }) => ({
        executedAt,
        statusCode,
        success,
        message,
      })),
      [{
        executedAt: "2026-01-05T09:00:00.500Z",
        statusCode: 200,
        success: true,
        message: "Success",
      }],
    );
    const [{ method, target, body, headers }] = server.requests as [SeenRequest];
    assertEquals([method, target, body], ["POST", "/hook?x=1", '{"a":1}']);
    assertEquals(headers.get("authorization"), null);
    advance(58);
    advance(2);
    await runs(id, 2);
    assertEquals(server.requests.length, 2);
    assertEquals((await request("GET", `/${id}`)).body.lastExecutedAt, now.toISOString());
  });

  it("make up once for a sleep, and not at all for a time without the server", async () => {
    const id = await create();
    advance(3600);
    await runs(id, 1);
    await runAnother();
    assertEquals(calls(), 1);
    await backend.close({ keep: true });
    advance(3600);
    backend = await startBackend({ clock, dataDir: backend.dataDir });
    const next = (await request("GET", `/${id}`)).body.nextRun;
    assertEquals(next, "2026-01-05T11:00:00.000Z");
    advance(30);
    await runs(id, 2);
    assertEquals(calls(), 2);
  });

  it("record what fails", async () => {
    answer = () => new Response("no", { status: 503 });
    const failing = await create();
    const unreachable = await create({ functionUrl: "http://127.0.0.1:2/" });
    advance(31);
    await runs(failing, 1);
    await runs(unreachable, 1);
    const [first] = (await runsOf(failing)).logs;
    assertEquals([first.statusCode, first.success, first.message], [503, false, "HTTP 503"]);
    const [second] = (await runsOf(unreachable)).logs;
    assertEquals([second.statusCode, second.success], [500, false]);
    assertMatch(second.message, /refused|connect/i);
  });

  it("do not overlap with themselves", async () => {
    const gate = Promise.withResolvers<Response>();
    const callsTo = (path: string) =>
      server.requests.filter(({ target }) => target.startsWith(path)).length;
    // Whatever fails, the backend does not wait for it.
    using _gate = { [Symbol.dispose]: () => gate.resolve(new Response()) };
    answer = ({ target }) => target.startsWith("/slow") ? gate.promise : new Response();
    const id = await create({ functionUrl: `${server.url}/slow` });
    // Its runs tell that the scheduler has looked at all schedules again.
    const quick = await create({ functionUrl: `${server.url}/quick` });
    for (const minute of [1, 2, 3]) {
      advance(60);
      await runs(quick, minute);
    }
    const meanwhile = callsTo("/slow");
    gate.resolve(new Response());
    assertEquals(meanwhile, 1);
    await runs(id, 1);
    assertEquals(callsTo("/slow"), 1);
  });

  it("put secrets into headers when they are written, encrypted at rest", async () => {
    await backend.request("POST", "/api/secrets", { key: "TOKEN", value: "s3cret" });
    const missing = await request("POST", "", fields({ headers: { "x-k": "${{secrets.NOPE}}" } }));
    assertEquals([missing.status, missing.body.error], [404, "SECRET_NOT_FOUND"]);
    const id = await create({ headers: { "x-k": "Bearer ${{secrets.TOKEN}}" } });
    assertEquals((await request("GET", `/${id}`)).body.headers, {
      "x-k": "Bearer ${{secrets.TOKEN}}",
    });
    const stored = await backend.sql("SELECT * FROM schedules.jobs", { unrestricted: true });
    assert(!JSON.stringify(stored).includes("s3cret"));
    await backend.request("PUT", "/api/secrets/TOKEN", { value: "changed" });
    advance(31);
    await runs(id, 1);
    assertEquals(server.requests[0]!.headers.get("x-k"), "Bearer s3cret");
    assertEquals((await request("PATCH", `/${id}`, { name: "Renamed" })).status, 200);
    advance(60);
    await runs(id, 2);
    assertEquals(server.requests[1]!.headers.get("x-k"), "Bearer changed");
  });

  it("can be paused, changed and resumed", async () => {
    const id = await create();
    assertEquals((await request("PATCH", `/${id}`, { isActive: false })).body.cronJobId, undefined);
    const paused = (await request("GET", `/${id}`)).body;
    assertEquals([paused.isActive, paused.cronJobId, paused.nextRun], [false, null, null]);
    advance(120);
    await runAnother();
    assertEquals(calls(), 0);
    await request("PATCH", `/${id}`, { cronSchedule: "30 seconds" });
    assertEquals((await request("GET", `/${id}`)).body.isActive, false);
    await request("PATCH", `/${id}`, { isActive: true });
    advance(31);
    await runs(id, 1);
    assertEquals((await request("PATCH", `/${id}`, {})).status, 200);
    assertEquals(calls(), 1);
  });

  it("are refused when they cannot run", async () => {
    const wrong: [object, string][] = [
      [{ cronSchedule: "0 */5 * * * *" }, "INVALID_INPUT"],
      [{ cronSchedule: "99 * * * *" }, "SCHEDULE_INVALID_CRON"],
      [{ cronSchedule: "0 0 L * *" }, "SCHEDULE_INVALID_CRON"],
      [{ cronSchedule: "0 0 31 2 *" }, "SCHEDULE_INVALID_CRON"],
      [{ name: "x" }, "INVALID_INPUT"],
      [{ functionUrl: "/hello" }, "INVALID_INPUT"],
      [{ httpMethod: "HEAD" }, "INVALID_INPUT"],
    ];
    for (const [changes, code] of wrong) {
      const { status, body } = await request("POST", "", fields(changes));
      assertEquals([status, body.error], [400, code], JSON.stringify(changes));
    }
  });

  it("page their runs, and keep them for as long as is set", async () => {
    const id = await create();
    for (let n = 1; n <= 3; n++) {
      advance(60);
      await runs(id, n);
    }
    const { body: page } = await request("GET", `/${id}/logs?limit=1&offset=1`);
    assertEquals([page.logs.length, page.totalCount, page.limit, page.offset], [1, 3, 1, 1]);
    assertEquals(page.logs[0].executedAt, "2026-01-05T09:01:30.000Z");
    assertEquals((await request("GET", "/config")).body, { retentionDays: 7 });
    assertEquals((await request("PATCH", "/config", { retentionDays: null })).status, 200);
    assertEquals((await request("GET", "/config")).body, { retentionDays: null });
  });
});
