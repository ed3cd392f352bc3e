import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { TurnQueue } from "../../src/server/database/turns.ts";
import { ApiError, DatabaseError } from "../../src/server/http/api_error.ts";

// The first timer of a test lets promises go on in between under Deno 2.9.
clearTimeout(setTimeout(() => {}, 0));

describe("the queue of turns", () => {
  /** Holds a turn until what it answers is called. */
  function hold(queue: TurnQueue, sql: string): () => void {
    const held = Promise.withResolvers<void>();
    queue.take({ sql }, () => held.promise);
    return held.resolve;
  }

  it("gives turns in the order in which they were asked for, so many at once", async () => {
    const queue = new TurnQueue(2);
    const order: number[] = [];
    let most = 0;
    await Promise.all([1, 2, 3, 4, 5].map((n) =>
      queue.take({}, async () => {
        most = Math.max(most, queue.activity().running.length);
        await Promise.resolve();
        order.push(n);
      })
    ));
    assertEquals([order, most], [[1, 2, 3, 4, 5], 2]);
  });

  it("lets nobody in between a turn that ends and the one that waits", async () => {
    const queue = new TurnQueue(1);
    let running = 0;
    const work = async () => {
      assertEquals(++running, 1);
      await Promise.resolve();
      running--;
    };
    const release = hold(queue, "SELECT 1");
    const first = queue.take({}, work);
    release();
    await Promise.resolve();
    await Promise.all([first, queue.take({}, work), queue.take({}, work)]);
  });

  it("refuses with 503 when too many wait, and who waits too long is told for what", async () => {
    const queue = new TurnQueue(1, { mostWaiting: 1, longestWait: 20 });
    const release = hold(queue, "SELECT pg_sleep(60), 'secret'");
    const late = queue.take({}, () => Promise.resolve());
    const full = await assertRejects(() => queue.take({}, () => Promise.resolve()), ApiError);
    assertMatch(full.message, /too many statements wait/);
    const error = await assertRejects(() => late, ApiError);
    assertEquals(error.status, 503);
    assertMatch(error.message, /waits for another statement \(SELECT pg_sleep\(…\), '…'\)/);
    release();
    await queue.idle();
    assertEquals(await queue.take({}, () => Promise.resolve(1)), 1);
  });

  it("drops who is gone before the turn", async () => {
    const queue = new TurnQueue(1);
    const release = hold(queue, "SELECT 1");
    const leaving = new AbortController();
    const gone = queue.take({ signal: leaving.signal }, () => Promise.reject(new Error("ran")));
    leaving.abort();
    await assertRejects(() => gone, DatabaseError, "canceling statement");
    assertEquals(queue.activity().waiting, 0);
    release();
    await queue.idle();
  });
});
