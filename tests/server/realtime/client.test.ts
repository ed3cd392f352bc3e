import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { Client, type ClientBackend } from "../../../src/server/realtime/client.ts";
import type { Database } from "../../../src/server/database/client.ts";
import { webSocket } from "../../support/web_socket.ts";

it("a client whose requests wait for the database cannot have the memory filled", async () => {
  const { line, say, closed } = webSocket();
  // A database that is busy for long.
  const database = { run: () => new Promise(() => {}) } as unknown as Database;
  const keys = { isApiKey: () => true };
  const logger = { info() {} };
  const backend = { database, keys, logger, clock: () => new Date() } as unknown as ClientBackend;
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
