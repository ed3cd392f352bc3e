import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { Socket } from "../../../src/server/realtime/socket.ts";
import { webSocket } from "../../support/web_socket.ts";

/** Milliseconds that pass in one step; what was planned for then happens. */
const planned = new Map<number, { at: number; work: () => void }>();
let now = 0;
const { setTimeout, clearTimeout } = globalThis;

function pass(milliseconds: number): void {
  for (const end = now + milliseconds; now < end;) {
    now = Math.min(end, ...planned.values().map(({ at }) => at));
    for (const [id, { at, work }] of planned) if (at <= now && planned.delete(id)) work();
  }
}

/** A connection whose other side is this test. */
function connection() {
  const { line, say, closed } = webSocket();
  const connect = () => Promise.reject(new Error("Nobody knows you"));
  new Socket(line, { connect, event() {}, disconnect() {} });
  line.onopen!(new Event("open"));
  return { say, closed };
}

describe("a socket of which nobody knows whose it is", () => {
  beforeEach(() => {
    now = 0;
    let id = 0;
    Object.assign(globalThis, {
      setTimeout: (
        work: () => void,
        after: number,
      ) => (planned.set(++id, { at: now + after, work }), id),
      clearTimeout: (known: number) => planned.delete(known),
    });
  });
  afterEach(() => void Object.assign(globalThis, { setTimeout, clearTimeout }));

  it("is closed in time, whatever it answers meanwhile", () => {
    const { say, closed } = connection();
    for (let seconds = 0; seconds < 44; seconds++) {
      pass(1000);
      say("3");
    }
    assertEquals(closed, []);
    pass(2000);
    assertEquals(closed, ["Nobody said who this is"]);
  });

  it("is closed in time when it was refused", async () => {
    const { say, closed } = connection();
    for (let seconds = 0; seconds < 44; seconds++) {
      pass(1000);
      say('40{"token":"x"}');
      await Promise.resolve();
      await Promise.resolve();
    }
    pass(2000);
    assertEquals(closed, ["Nobody said who this is"]);
  });
});
