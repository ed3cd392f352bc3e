import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { bounded } from "../../src/client/time_limits.ts";
import { systemClock } from "../../src/core/clock.ts";

const LIMIT_MS = 200;

/** Keeps this thread from all else. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe("a limit of time", () => {
  it("is reached", async () => {
    const started = performance.now();
    await new Promise<void>((resolve) => systemClock.after(LIMIT_MS, resolve));
    assertGreaterOrEqual(Math.ceil(performance.now() - started), LIMIT_MS);
  });

  it("is called off at any time", async () => {
    let calls = 0;
    const callOff = systemClock.after(LIMIT_MS, () => calls++);
    await systemClock.sleep(LIMIT_MS / 2);
    callOff();
    await systemClock.sleep(2 * LIMIT_MS);
    assertEquals(calls, 0);
  });

  it("does not count the time in which this thread was blocked", async () => {
    const late = new Promise<void>((resolve) => systemClock.after(LIMIT_MS, resolve));
    block(3 * LIMIT_MS);
    const freed = performance.now();
    await late;
    assertGreaterOrEqual(Math.ceil(performance.now() - freed), LIMIT_MS / 2);
  });

  it("leaves an answer that came meanwhile its turn", async () => {
    const answer = new Promise<string>((resolve) => setTimeout(() => resolve("answer"), LIMIT_MS));
    const waited = bounded(answer, {
      url: new URL("http://localhost"),
      timeoutMs: LIMIT_MS / 2,
      abandon: new AbortController(),
      clock: systemClock,
      signal: new AbortController().signal,
    });
    block(3 * LIMIT_MS);
    assertEquals(await waited, "answer");
  });
});
