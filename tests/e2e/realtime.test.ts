import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { requireAnswer } from "../support/answers.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge } from "../support/executable.ts";
import { linkedTo } from "../support/stub_server.ts";

describe("realtime", () => {
  let backend: TestBackend;
  const run = (...args: string[]) =>
    insforge(["realtime", ...args], {
      env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
    });
  const publish = () =>
    backend.sql(`SELECT realtime.publish('chat:1', 'said', '{"text": "hello"}')`);

  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("makes channels, shows what they bring, counts and deletes", async () => {
    assertEquals((await run("channels", "create", "chat:%")).code, 0);
    assertMatch((await run("channels", "list")).stdout, /chat:% +yes/);

    const tail = run("tail", "chat:1", "--limit", "1", "--json");
    let isOver = false;
    tail.then(() => isOver = true);
    // Nobody can tell when it listens: it is told again until it has heard.
    while (!isOver) await Promise.all([publish(), new Promise((next) => setTimeout(next, 50))]);
    const { stdout, stderr, code } = await tail;
    assertEquals([code, stderr], [0, ""]);
    requireAnswer("realtime tail", JSON.parse(stdout));
    const { event, message } = JSON.parse(stdout);
    assertEquals([event, message.text, message.meta.senderType], ["said", "hello", "system"]);

    const { stdout: messages } = await run("messages", "--channel", "chat:%", "--limit", "1");
    assertMatch(messages, /chat:1 +said +system/);
    assertMatch((await run("stats")).stdout, /said \(\d+\)/);
    assertEquals((await run("channels", "delete", "chat:%", "-y")).code, 0);
    assertEquals((await run("channels", "delete", "chat:%", "-y")).code, 4);
  });

  it("says why a channel cannot be listened to", async () => {
    const { code, stderr } = await run("tail", "nowhere");
    assertEquals(code, 1);
    assertMatch(stderr, /nowhere cannot be subscribed to: Not authorized.*channels list/s);
    const wrong = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: "ik_wrong" };
    const refused = await insforge(["realtime", "tail", "x"], { env: wrong });
    assertMatch(refused.stderr, /refused the connection: Invalid API key/);
  });

  it("ends with an error when the connection breaks off, or never was", async () => {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onopen = () => socket.close(1001, "The server is shutting down");
      return response;
    });
    const url = `http://127.0.0.1:${server.addr.port}`;
    const env = linkedTo({ url });
    const ended = await insforge(["realtime", "tail", "x"], { env });
    assertEquals(ended.code, 1);
    assertMatch(ended.stderr, /ended: The server is shutting down/);
    await server.shutdown();
    const absent = await insforge(["realtime", "tail", "x"], { env });
    assertEquals(absent.code, 1);
    assertMatch(absent.stderr, /Cannot connect to/);
  });
});
