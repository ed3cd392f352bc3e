import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { ApiError } from "../../src/server/http/api_error.ts";
import { checkCron, nextRun } from "../../src/server/schedules/cron.ts";
import { scheduleFields } from "../../src/commands/schedules/fields.ts";
import { anyText, argumentText, fc, holds } from "../support/arbitraries.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { orderly } from "../support/verdict.ts";

const number = fc.oneof(fc.integer({ min: -5, max: 100 }), fc.constantFrom(1e9, 2 ** 53));
const part = fc.oneof(
  { weight: 3, arbitrary: fc.constant("*") },
  number.map(String),
  fc.tuple(number, number).map(([from, to]) => `${from}-${to}`),
  number.map((step) => `*/${step}`),
  fc.tuple(number, number, number).map(([a, b, c]) => `${a}-${b}/${c}`),
  fc.array(number, { maxLength: 4 }).map((list) => list.join(",")),
  fc.constantFrom("L", "W", "1W", "5#2", "MON", "jan-dec", "?", "L-3", "*/0", "@daily", ""),
  anyText,
);
const fields = fc.array(part, { minLength: 4, maxLength: 7 }).map((parts) => parts.join(" "));
const expression = fc.oneof(
  fields,
  anyText,
  number.map((count) => `${count} seconds`),
  fc.constantFrom("@daily", "@reboot", "0 0 30 2 *", "0 0 29 2 *", "* * * * * *", "every 5 min"),
);
const time = fc.date({
  min: new Date("2000-01-01"),
  max: new Date("2090-01-01"),
  noInvalidDate: true,
});

describe("cron expressions", () => {
  it("have a next run after any time, or none, or are refused, at once", () =>
    holds([expression, time], 200, (expression, after) => {
      const started = performance.now();
      try {
        const next = nextRun(expression, after);
        assert(next === undefined || next > after, `${next?.toISOString()}`);
        if (next && /^\S+(\s+\S+){4}$/.test(expression.trim())) {
          assertEquals([next.getUTCSeconds(), next.getUTCMilliseconds()], [0, 0]);
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        assertEquals([error.status, error.code], [400, "SCHEDULE_INVALID_CRON"]);
      }
      assert(performance.now() - started < 5_000, "it took more than five seconds");
    }, [["0 0 30 2 *", new Date("2026-01-01")], ["* * 31 2,4,6,9,11 *", new Date("2026-01-01")]]));

  it("are five fields to the command, or refused in a sentence", () =>
    holds([expression, argumentText, argumentText], 60, async (cron, url, headers) => {
      const fields = await orderly(() => scheduleFields({ cron }));
      if (!(fields instanceof Error)) {
        assertMatch(fields.cronSchedule!, /^(\S+( \S+){4}|\d+ seconds?)$/i);
        checkCron(fields.cronSchedule!, new Date());
      }
      await orderly(() => scheduleFields({ url, headers, method: url, body: headers, name: url }));
    }));

  describe("on the local backend", () => {
    let backend: TestBackend;
    beforeAll(async () => void (backend = await startBackend()));
    afterAll(() => backend.close());

    it("make a schedule or are refused, and the scheduler goes on", () =>
      holds([expression, anyText], 30, async (cronSchedule, name) => {
        const { status, body } = await backend.request("POST", "/api/schedules", {
          name: `xxx${name}`,
          cronSchedule,
          functionUrl: "http://127.0.0.1:1/functions/x",
          httpMethod: "POST",
        });
        assert([201, 400].includes(status), `${status} ${JSON.stringify(body)}`);
        const list = await backend.request("GET", "/api/schedules");
        assertEquals(list.status, 200);
        for (const { id } of list.body) await backend.request("DELETE", `/api/schedules/${id}`);
      }));
  });
});
