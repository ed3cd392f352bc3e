import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { poll, type PollSettings } from "../../src/client/poll.ts";
import { systemClock } from "../../src/core/clock.ts";
import { HttpError, NetworkError, OperationError } from "../../src/core/errors.ts";

/** A wait whose clock moves by itself, over states and errors in turn. */
function settings(answers: (string | Error)[]): PollSettings<string> & { readonly reads: number } {
  let now = 0;
  let reads = 0;
  return {
    clock: {
      ...systemClock,
      now: () => new Date(now),
      sleep: (milliseconds) => {
        now += milliseconds;
        return Promise.resolve();
      },
    },
    signal: new AbortController().signal,
    intervalMs: 1_000,
    timeoutMs: 5_000,
    read() {
      const answer = answers[Math.min(reads++, answers.length - 1)]!;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    isDone: (state) => state === "ready",
    get reads() {
      return reads;
    },
  };
}

const http = (status: number) => new HttpError(`status ${status}`, status, "X", 1);

describe("polling", () => {
  it("R35: network failures, 408, 429 and gateway errors cost one interval", async () => {
    const wait = settings([new NetworkError("gone"), http(408), http(429), http(503), "ready"]);
    assertEquals(await poll(wait), { done: true, state: "ready" });
    assertEquals(wait.reads, 5);
  });

  it("R35: other statuses and a malformed body end it at once", async () => {
    for (const error of [http(404), http(403), new OperationError("not JSON")]) {
      const wait = settings(["busy", error]);
      await assertRejects(() => poll(wait), error.constructor as typeof Error);
      assertEquals(wait.reads, 2);
    }
  });

  it("R36: reports the last failure, and forgets it after a good read", async () => {
    const gone = new NetworkError("gone");
    const failing = await poll(settings(["busy", gone]));
    assertEquals(failing, { done: false, state: "busy", lastError: gone });
    const recovered = await poll(settings([gone, "busy"]));
    assertEquals(recovered, { done: false, state: "busy", lastError: undefined });
  });
});
