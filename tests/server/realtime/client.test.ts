import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Client, type ClientBackend } from "../../../src/server/realtime/client.ts";
import type { Database } from "../../../src/server/database/client.ts";
import { Hub } from "../../../src/server/realtime/hub.ts";
import { sockets } from "../../../src/server/realtime/sockets.ts";
import type { LocalBackend } from "../../../src/server/services.ts";
import { webSocket } from "../../support/web_socket.ts";

/** What clients need, over a database that answers so. */
function backendWith(run: () => Promise<unknown>): ClientBackend {
  const database = { run } as unknown as Database;
  const keys = { isApiKey: () => true };
  const logger = { info() {} };
  return { database, keys, logger, clock: () => new Date() } as unknown as ClientBackend;
}

describe("realtime cannot have the memory filled", () => {
  it("by a client whose requests wait for the database", async () => {
    const { line, say, closed } = webSocket();
    // It is busy for long.
    const backend = backendWith(() => new Promise(() => {}));
    const rooms = { join() {}, leave() {}, remove() {}, members: () => [] };
    const client = new Client(backend, rooms, line);
    say('40{"apiKey":"x"}');
    await Promise.resolve();
    await Promise.resolve();
    const request = { channel: "a", more: "x".repeat(900_000) };
    const message = `42${JSON.stringify(["realtime:subscribe", request])}`;
    for (let sent = 0; sent < 30; sent++) say(message);
    assertEquals(closed, []);
    for (let sent = 0; sent < 20; sent++) say(message);
    assertEquals(closed, ["Too many requests wait for their answer"]);
    client.close();
  });

  it("by a client of more and more channels", async () => {
    const { line, say, heard } = webSocket();
    const backend = backendWith(() => Promise.resolve([{ rowCount: 1 }, { rowCount: 1 }]));
    const hub = new Hub(backend);
    hub.accept(line);
    say('40{"apiKey":"x"}');
    const subscribe = async (channel: string) => {
      const count = heard.length;
      say(`421["realtime:subscribe",{"channel":"${channel}"}]`);
      while (heard.length === count) await Promise.resolve();
      const [answer] = JSON.parse(heard.at(-1)!.replace(/^\d+/, ""));
      return answer.ok ? "ok" : answer.error.code;
    };
    while (heard.length === 0) await Promise.resolve();
    for (let made = 0; made < 500; made++) assertEquals(await subscribe(`a:${made}`), "ok");
    assertEquals(await subscribe("a:more"), "RATE_LIMITED");
    assertEquals([await subscribe("a:0"), hub.audience("a:more")], ["ok", 0]);
    say('42["realtime:unsubscribe",{"channel":"a:0"}]');
    assertEquals([await subscribe("a:more"), hub.audience("a:more")], ["ok", 1]);
    hub.close();
  });

  it("by more and more sockets, whose next is told as Engine.IO tells it", async () => {
    const hub = new Hub(backendWith(() => new Promise(() => {})));
    const area = sockets({ hub } as LocalBackend);
    const handshake = async () => {
      const headers = { upgrade: "websocket" };
      return await area.request("/?EIO=4&transport=websocket", { headers });
    };
    for (let made = 0; made < 1000; made++) hub.accept(webSocket().line);
    const refusal = await handshake();
    assertEquals([refusal.status, (await refusal.json()).code], [403, 4]);
    hub.close();
    assertEquals(hub.isFull, false);
  });
});
