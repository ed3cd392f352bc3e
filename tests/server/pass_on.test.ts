import { assert, assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { passOn } from "../../src/server/functions/pass_on.ts";
import { TimeLimit } from "../../src/server/functions/time_limit.ts";

it("what a function streams waits for its share of the backend's time, part by part", async () => {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
  });
  const limit = new TimeLimit(60_000);
  const taken: number[] = [];
  const turn = Promise.withResolvers<void>();
  const pace = (milliseconds: number) => {
    taken.push(milliseconds);
    return turn.promise;
  };
  const response = await passOn(new Response(body), limit, pace, () => limit.stop());
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value?.length, 64 * 1024);
  let hasMore = false;
  const next = reader.read().then(() => hasMore = true);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([taken.length, hasMore], [1, false]);
  turn.resolve();
  await next;
  // What a slow function lets pass is no time of the backend's.
  assert(taken.every((milliseconds) => milliseconds <= 0.25));
  await reader.cancel();
});
