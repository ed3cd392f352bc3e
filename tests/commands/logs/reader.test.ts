import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { LogEntry } from "../../../src/client/backend/logs.ts";
import { HttpClient } from "../../../src/client/http.ts";
import { systemClock } from "../../../src/core/clock.ts";
import { follow, readSince } from "../../../src/commands/logs/reader.ts";
import { stubServer } from "../../support/stub_server.ts";

const START = Date.parse("2026-01-01T00:00:00Z");

const line = (n: number, id?: string): LogEntry => ({
  id,
  timestamp: new Date(START + n * 1000).toISOString(),
  eventMessage: `line ${n}`,
});

/**
 * A server with a log, and a client whose clock may be another; `write` comes between two looks at
 * the log.
 */
function openLog(log: LogEntry[], clockNow = START) {
  const server = stubServer(({ target }) => {
    const query = new URL(target, server.url).searchParams;
    const before = query.get("before_timestamp") ?? "9";
    const lines = log.filter(({ timestamp }) => timestamp! < before)
      .slice(-Number(query.get("limit")));
    return Response.json({ logs: lines, total: lines.length });
  });
  const abort = new AbortController();
  const steps: (() => void)[] = [];
  const clock = {
    ...systemClock,
    now: () => new Date(clockNow),
    sleep: () => {
      const step = steps.shift();
      step ? step() : abort.abort();
      return Promise.resolve();
    },
  };
  const client = new HttpClient({
    baseUrl: server.url,
    bearer: () => Promise.resolve("ik_test"),
    toError: () => {
      throw new Error("no success");
    },
    clock,
    signal: abort.signal,
    userAgent: "test",
  });
  return { server, client, steps, context: { clock, signal: abort.signal } };
}

const messages = (lines: readonly LogEntry[]) => lines.map(({ eventMessage }) => eventMessage);

describe("the reader of logs", () => {
  it("follows a log that was empty, on a server whose clock is hours behind", async () => {
    const log: LogEntry[] = [];
    const { server, client, steps, context } = openLog(log, START + 3 * 3600_000);
    await using _ = server;
    steps.push(() => void log.push(line(1)), () => void log.push(line(2), line(3)));
    const lines = await Array.fromAsync(follow(client, "insforge.logs", { seen: [] }, context));
    assertEquals(messages(lines), ["line 1", "line 2", "line 3"]);
  });

  it("follows from a time on, without what is older", async () => {
    const log = [line(1), line(5)];
    const { server, client, steps, context } = openLog(log);
    await using _ = server;
    steps.push(() => void log.push(line(11)), () => void log.push(line(12)));
    const start = { seen: [], since: new Date(START + 8000) };
    const lines = await Array.fromAsync(follow(client, "insforge.logs", start, context));
    assertEquals(messages(lines), ["line 11", "line 12"]);
  });

  it("takes lines that are written late, and none again", async () => {
    const log = [line(1), line(5)];
    const { server, client, steps, context } = openLog(log);
    await using _ = server;
    steps.push(() => void log.push(line(9)), () => void log.splice(2, 0, line(6)));
    const start = { seen: [...log] };
    const lines = await Array.fromAsync(follow(client, "insforge.logs", start, context));
    assertEquals(messages(lines), ["line 9", "line 6"]);
  });

  it("looks through a long log in few requests, also where many lines have one time", async () => {
    const log = Array.from({ length: 30_000 }, (_, n) => line(n < 15_000 ? 0 : n, `${n}`));
    log.push(line(40_000, "x"));
    const { server, client } = openLog(log);
    await using _ = server;
    const all = await readSince(client, "insforge.logs", new Date(0));
    assertEquals(all.length, log.length);
    const found = await readSince(
      client,
      "insforge.logs",
      new Date(0),
      ({ eventMessage }) => /^line [23]\d{4}$/.test(eventMessage!),
    );
    assertEquals(found.length, 10_000);
    assertEquals(server.requests.length < 30, true, `${server.requests.length} requests`);
  });
});
