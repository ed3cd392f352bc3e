import { assert, assertEquals, assertRejects } from "@std/assert";
import { eventually } from "../../support/eventually.ts";
import type { Bench, Calls } from "./calls.ts";

/** Two clients that have subscribed to a channel of their own. */
async function pair(bench: Bench, channel: string) {
  const [speaker, listener] = [bench.client().realtime, bench.client().realtime];
  for (const realtime of [speaker, listener]) assert((await realtime.subscribe(channel)).ok);
  return { speaker, listener };
}

export const realtimeCalls: Calls = {
  "realtime.connect": async (bench) => {
    const { realtime } = bench.client();
    await realtime.connect();
    assert(realtime.isConnected);
    const forged = bench.client({ anonKey: "anon_forged" }).realtime;
    await assertRejects(() => forged.connect(), Error, "not valid");
  },
  "realtime.disconnect": async (bench) => {
    const { speaker, listener } = await pair(bench, "room:bye");
    let left = 0;
    listener.on("presence:leave", () => left++);
    speaker.disconnect();
    assert(!speaker.isConnected);
    await eventually(() => left === 1);
  },
  "realtime.isConnected": async (bench) => {
    const { realtime } = bench.client();
    assert(!realtime.isConnected);
    await realtime.connect();
    assert(realtime.isConnected);
  },
  "realtime.connectionState": async (bench) => {
    const { realtime } = bench.client();
    const states = [realtime.connectionState];
    await realtime.connect();
    states.push(realtime.connectionState);
    realtime.disconnect();
    assertEquals([...states, realtime.connectionState], [
      "disconnected",
      "connected",
      "disconnected",
    ]);
  },
  "realtime.socketId": async (bench) => {
    const { speaker, listener } = await pair(bench, "room:ids");
    assert(speaker.socketId && speaker.socketId !== listener.socketId);
  },
  "realtime.subscribe": async (bench) => {
    const { realtime } = bench.client();
    assert((await realtime.subscribe("room:sub")).ok);
    assert(!(await realtime.subscribe("elsewhere")).ok);
    let heard: unknown;
    realtime.on("said", (message: { text: string }) => heard = message.text);
    await bench.backend.sql(`SELECT realtime.publish('room:sub', 'said', '{"text": "by SQL"}')`);
    await eventually(() => heard === "by SQL");
  },
  "realtime.unsubscribe": async (bench) => {
    const { speaker, listener } = await pair(bench, "room:un");
    await listener.subscribe("room:after");
    await speaker.subscribe("room:after");
    const heard: unknown[] = [];
    listener.on("said", (message: { n: number }) => heard.push(message.n));
    listener.unsubscribe("room:un");
    assertEquals(listener.getSubscribedChannels(), ["room:after"]);
    await eventually(() => speaker.getPresenceState("room:un").length === 1);
    await speaker.publish("room:un", "said", { n: 1 });
    await speaker.publish("room:after", "said", { n: 2 });
    await eventually(() => heard.length > 0);
    assertEquals(heard, [2]);
  },
  "realtime.publish": async (bench) => {
    const { speaker, listener } = await pair(bench, "room:pub");
    const heard: string[] = [];
    listener.on("said", (message: { text: string }) => heard.push(message.text));
    await speaker.publish("room:pub", "said", { text: "hello" });
    await eventually(() => heard.length === 1);
    assertEquals(heard, ["hello"]);
    const [row] = await bench.backend.sql(
      "SELECT payload FROM realtime.messages WHERE channel_name = 'room:pub'",
      { unrestricted: true },
    );
    assertEquals(row!.payload, { text: "hello" });
  },
  "realtime.on": async (bench) => {
    const { speaker, listener } = await pair(bench, "room:on");
    let heard = 0;
    listener.on("tick", () => heard++);
    for (const event of ["tick", "tock", "tick"]) await speaker.publish("room:on", event, {});
    await eventually(() => heard === 2);
  },
  "realtime.off": async (bench) => {
    const { speaker, listener } = await pair(bench, "room:off");
    let [kept, dropped] = [0, 0];
    const drop = () => dropped++;
    listener.on("tick", drop);
    listener.on("tick", () => kept++);
    listener.off("tick", drop);
    await speaker.publish("room:off", "tick", {});
    await eventually(() => kept === 1);
    assertEquals(dropped, 0);
  },
  "realtime.once": async (bench) => {
    const { speaker, listener } = await pair(bench, "room:once");
    let [once, always] = [0, 0];
    listener.once("tick", () => once++);
    listener.on("tick", () => always++);
    for (let index = 0; index < 2; index++) await speaker.publish("room:once", "tick", {});
    await eventually(() => always === 2);
    assertEquals(once, 1);
  },
  "realtime.getSubscribedChannels": async (bench) => {
    const { realtime } = bench.client();
    for (const name of ["room:a", "elsewhere", "room:b"]) await realtime.subscribe(name);
    assertEquals(realtime.getSubscribedChannels(), ["room:a", "room:b"]);
  },
  "realtime.getPresenceState": async (bench) => {
    const ada = await bench.user();
    const { realtime } = bench.client();
    await realtime.subscribe("room:who");
    await ada.sdk.realtime.subscribe("room:who");
    await eventually(() => realtime.getPresenceState("room:who").length === 2);
    const ids = realtime.getPresenceState("room:who").map(({ presenceId }) => presenceId);
    assert(ids.includes(ada.id));
  },
};
