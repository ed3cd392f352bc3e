import { createClient } from "@insforge/sdk";
import {
  listMessagesResponseSchema,
  messageStatsResponseSchema,
  realtimeChannelSchema,
  realtimePermissionsResponseSchema,
  type SocketMessage,
  socketMessageSchema,
} from "@insforge/shared-schemas";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import pg from "pg";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { eventually } from "../../support/eventually.ts";
import { stubServer } from "../../support/stub_server.ts";

type Sdk = ReturnType<typeof createClient>;
// deno-lint-ignore no-explicit-any
type Heard = SocketMessage & Record<string, any>;

describe("realtime", () => {
  let backend: TestBackend;
  let ada: { sdk: Sdk; id: string };
  let bea: { sdk: Sdk; id: string };
  const open: Sdk[] = [];

  function connect(options: { anonKey?: string; accessToken?: string }): Sdk {
    const sdk = createClient({ baseUrl: backend.url, isServerMode: true, ...options });
    open.push(sdk);
    return sdk;
  }
  const anonymous = () => connect({ anonKey: backend.anonKey });

  async function user(email: string) {
    const account = { email, password: "correct horse", autoConfirm: true };
    const { body: { id } } = await backend.request("POST", "/api/auth/users", account);
    const path = "/api/auth/sessions?client_type=server";
    const { body: { accessToken, user } } = await backend.request("POST", path, account, {
      key: null,
    });
    return { sdk: connect({ accessToken }), id: id ?? user.id, accessToken };
  }

  /** What a client hears of an event from now on. */
  function listen(sdk: Sdk, event: string): Heard[] {
    const heard: Heard[] = [];
    sdk.realtime.on(event, (message: Heard) => heard.push(message));
    return heard;
  }

  const channel = (pattern: string, more = {}) =>
    backend.request("POST", "/api/realtime/channels", { pattern, ...more });

  beforeAll(async () => {
    backend = await startBackend({ postgresPorts: [0] });
    ada = await user("ada@example.com");
    bea = await user("bea@example.com");
    await channel("chat:%");
    await channel("news");
    await channel("off", { enabled: false });
  });
  afterAll(async () => {
    for (const sdk of open) sdk.realtime.disconnect();
    await backend.close();
  });

  it("brings what one user publishes to all who subscribed, and to nobody else", async () => {
    const third = anonymous();
    for (const { realtime } of [ada.sdk, bea.sdk]) await realtime.subscribe("chat:1");
    await third.realtime.subscribe("chat:2");
    const heard = [ada.sdk, bea.sdk, third].map((sdk) => listen(sdk, "said"));
    await ada.sdk.realtime.publish("chat:1", "said", { text: "hello" });
    await third.realtime.publish("chat:2", "said", { text: "alone" });
    await eventually(() => heard.every(({ length }) => length === 1));
    const [message] = heard[1]!;
    socketMessageSchema.parse(message);
    assertEquals([message!.text, message!.meta.senderId], ["hello", ada.id]);
    assertEquals([message!.meta.channel, message!.meta.senderType], ["realtime:chat:1", "user"]);
    assertEquals(heard.map(([one]) => one!.text), ["hello", "hello", "alone"]);
    assertEquals(heard[2]![0]!.meta.senderId, undefined);
  });

  it("refuses channels that are not there, off, or not subscribed to", async () => {
    const sdk = anonymous();
    for (const name of ["nowhere", "off", ""]) {
      const answer = await sdk.realtime.subscribe(name);
      assertEquals(answer.ok ? "" : answer.error.code, "REALTIME_UNAUTHORIZED");
    }
    const errors = listen(sdk, "error");
    await sdk.realtime.publish("news", "said", {});
    await eventually(() => errors.length === 1);
    assertEquals(errors[0]!.code, "REALTIME_NOT_SUBSCRIBED");
  });

  it("keeps no name of a channel that nobody would give one", async () => {
    const { realtime } = anonymous();
    assertEquals((await realtime.subscribe(`chat:${"x".repeat(1000)}`)).ok, true);
    assertEquals((await realtime.subscribe(`chat:${"x".repeat(2000)}`)).ok, false);
  });

  it("takes the API key, and no credential that is forged, absent or in the wrong place", async () => {
    const refused = async (options: Parameters<typeof connect>[0]) =>
      await connect(options).realtime.connect().then(() => "", (error: Error) => error.message);
    assertMatch(await refused({ anonKey: "anon_forged" }), /anon key is not valid/);
    assertMatch(await refused({ accessToken: "a.b.c" }), /not valid, or has expired/);
    assertMatch(await refused({ anonKey: backend.apiKey }), /API key goes into/);
    assertMatch(await refused({}), /No authentication/);

    const raw = await rawSocket(backend.url);
    raw.send(`40{"apiKey":"${backend.apiKey}"}`);
    assertMatch(await raw.next(), /^40\{"sid":"/);
    raw.send(`421["realtime:subscribe",{"channel":"news"}]`);
    assertMatch(await raw.next(), /^431\[\{"ok":true,"channel":"news"/);
    raw.close();
    const forged = await rawSocket(backend.url);
    forged.send(`40{"apiKey":"ik_forged"}`);
    assertEquals(await forged.next(), `44{"message":"Invalid API key"}`);
    forged.send("40/admin,");
    assertEquals(await forged.next(), `44/admin,{"message":"Invalid namespace"}`);
    forged.close();
  });

  it("ends a connection that speaks another protocol", async () => {
    for (const text of ["", "hello", "42", "4", "49", "40{", "40[", "4".repeat(1_000_001)]) {
      const socket = await rawSocket(backend.url);
      if (text === "42") socket.send("40{}");
      socket.send(text);
      // Some are nothing that anybody answers: the server is there for the next.
      socket.close();
      await socket.closed;
    }
    const polling = await backend.request("GET", "/socket.io/?EIO=4&transport=polling");
    assertEquals([polling.status, polling.body.message], [400, "Transport unknown"]);
    const old = await backend.request("GET", "/socket.io/?EIO=3&transport=polling");
    assertEquals([old.status, old.body.code], [400, 5]);
  });

  it("tells who comes and goes, a user once", async () => {
    const first = anonymous();
    const joins = listen(first, "presence:join");
    const leaves = listen(first, "presence:leave");
    await first.realtime.subscribe("chat:room");
    const ada2 = connect({ accessToken: (await user("eve@example.com")).accessToken });
    await ada.sdk.realtime.subscribe("chat:room");
    const answer = await ada2.realtime.subscribe("chat:room");
    assert(answer.ok);
    assertEquals(answer.presence.members.map(({ type }) => type), ["anonymous", "user", "user"]);
    await eventually(() => joins.length === 2);
    assertEquals(joins[0]!.member.presenceId, ada.id);
    assertEquals(joins[0]!.meta.channel, "chat:room");
    ada.sdk.realtime.unsubscribe("chat:room");
    ada2.realtime.disconnect();
    await eventually(() => leaves.length === 2);
    assertEquals(leaves[0]!.member.presenceId, ada.id);
    assertEquals(first.realtime.getPresenceState("chat:room").length, 1);
  });

  it("sends what SQL publishes, by itself and from triggers, once it is committed", async () => {
    const sdk = anonymous();
    await sdk.realtime.subscribe("news");
    const heard = listen(sdk, "row");
    await backend.sql(`SELECT realtime.publish('news', 'row', '{"n": 1}')`);
    await backend.sql(`
      CREATE TABLE orders (id int);
      CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        PERFORM realtime.publish('news', 'row', jsonb_build_object('n', NEW.id)); RETURN NEW;
      END $$;
      CREATE TRIGGER tell AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION tell();
    `);
    await backend.request("POST", "/api/database/records/orders", [{ id: 2 }, { id: 3 }]);
    const failing = `INSERT INTO orders VALUES (9); SELECT 1 / 0`;
    await backend.request("POST", "/api/database/advance/rawsql", { query: failing });
    await backend.sql(`SELECT realtime.publish('news', 'row', '{"n": 4}')`);
    await eventually(() => heard.length >= 4);
    assertEquals(heard.map(({ n }) => n), [1, 2, 3, 4]);
    assertEquals(heard[0]!.meta.senderType, "system");
  });

  it("sends what clients of PostgreSQL publish, and tells them nothing of it", async () => {
    const sdk = anonymous();
    await sdk.realtime.subscribe("news");
    const heard = listen(sdk, "wire");
    const path = "/api/metadata/database-password";
    const { databasePassword: password } = (await backend.request("GET", path)).body;
    const { postgresPort: port } = backend;
    const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", password });
    const notified: unknown[] = [];
    client.on("notification", (notification: unknown) => notified.push(notification));
    await client.connect();
    await client.query(`SELECT realtime.publish('news', 'wire', '{"n": 1}')`);
    await client.query("SELECT repeat('x', 100000) FROM generate_series(1, 20)");
    await eventually(() => heard.length === 1);
    await client.end();
    assertEquals(notified, []);
  });

  it("calls webhooks, again only where there was no answer, and counts", async () => {
    await using good = stubServer(() => new Response());
    await using bad = stubServer(() => new Response("", { status: 500 }));
    using flaky = answersSecondCall();
    const urls = [good, bad, flaky].map(({ url }) => `${url}/hook`);
    const { body: { id } } = await channel("hooked", { webhookUrls: urls });
    await backend.sql(`SELECT realtime.publish('hooked', 'paid', '{"sum": 5}')`);
    const list = `/api/realtime/messages?channelId=${id}`;
    const delivered = async () =>
      (await backend.request("GET", list)).body[0]?.whDeliveredCount as number;
    await eventually(async () => await delivered() > 0);
    const [request] = good.requests;
    assertEquals([request!.body, request!.headers.get("x-insforge-event")], ['{"sum":5}', "paid"]);
    assertEquals(request!.headers.get("x-insforge-channel"), "hooked");
    assertEquals([good.requests.length, bad.requests.length], [1, 1]);
    const { body: [message] } = await backend.request("GET", list);
    listMessagesResponseSchema.parse([message]);
    assertEquals([message.whAudienceCount, message.whDeliveredCount], [3, 2]);
    assertEquals(request!.headers.get("x-insforge-message-id"), message.id);
    const { body: stats } = await backend.request(
      "GET",
      `/api/realtime/messages/stats?channelId=${id}`,
    );
    messageStatsResponseSchema.parse(stats);
    assertEquals(stats.topEvents, [{ eventName: "paid", count: 1 }]);
    assertEquals(Math.round(stats.whDeliveryRate * 3), 2);
  });

  it("lets a client go that does not read, and goes on with the others", async () => {
    await channel("big");
    const reader = anonymous();
    await reader.realtime.subscribe("big");
    const heard = listen(reader, "big");
    using slow = await Deno.connect({ hostname: "127.0.0.1", port: backend.port });
    await slow.write(new TextEncoder().encode(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
        `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${btoa("0123456789abcdef")}\r\n\r\n`,
    ));
    await slow.read(new Uint8Array(10_000));
    await slow.write(textFrame(`40{"apiKey":"${backend.apiKey}"}`));
    await slow.write(textFrame(`42["realtime:subscribe",{"channel":"big"}]`));
    await eventually(() => reader.realtime.getPresenceState("big").length === 2);
    await backend.sql(`SELECT realtime.publish('big', 'big', jsonb_build_object('text',
      repeat('x', 500000), 'n', n)) FROM generate_series(1, 80) AS n`);
    await eventually(() => heard.length === 80, { timeoutMs: 60_000 });
    assertEquals(heard.map(({ n }) => n), heard.map((_, index) => index + 1));
    await eventually(() => reader.realtime.getPresenceState("big").length === 1);
    const { body } = await backend.request("GET", "/api/logs/insforge.logs?limit=50");
    assertMatch(JSON.stringify(body), /Messages came faster than they were read/);
  });

  it("keeps channels, messages and their settings", async () => {
    const made = await channel("stock:%", { description: "Prices" });
    realtimeChannelSchema.parse(made.body);
    assertEquals([made.status, made.body.enabled], [201, true]);
    assertEquals((await channel("stock:%")).status, 409);
    // The second one once took a time that doubles with each colon.
    for (const wrong of ["a_b", `a${":".repeat(1000)}!`]) {
      assertEquals((await channel(wrong)).body.error, "REALTIME_INVALID_CHANNEL_PATTERN");
    }
    assertEquals((await channel("")).body.error, "REALTIME_INVALID_CHANNEL_REQUEST");
    const one = `/api/realtime/channels/${made.body.id}`;
    const changed = await backend.request("PUT", one, { enabled: false });
    assertEquals([changed.body.enabled, changed.body.description], [false, "Prices"]);
    assertEquals((await backend.request("GET", one)).body, changed.body);
    assertEquals((await backend.request("DELETE", one)).status, 200);
    for (const id of [made.body.id, "x"]) {
      const { status, body } = await backend.request("GET", `/api/realtime/channels/${id}`);
      assertEquals([status, body.error], [404, "REALTIME_CHANNEL_NOT_FOUND"]);
    }
    const permissions = await backend.request("GET", "/api/realtime/permissions");
    realtimePermissionsResponseSchema.parse(permissions.body);
    await backend.request("PATCH", "/api/realtime/config", { retentionDays: 7 });
    assertEquals((await backend.request("GET", "/api/realtime/config")).body, { retentionDays: 7 });
    assertEquals(
      (await backend.request("PATCH", "/api/realtime/config", { retentionDays: 0 })).status,
      400,
    );
    const cleared = await backend.request("DELETE", "/api/realtime/messages");
    assert(cleared.body.deleted > 0);
    for (const path of ["channels", "messages", "config", "permissions"]) {
      const key = backend.anonKey;
      const { status } = await backend.request("GET", `/api/realtime/${path}`, undefined, { key });
      assertEquals(status, 401);
    }
  });

  it("lets policies decide who hears and who speaks", async () => {
    await channel("private:%");
    await backend.sql(
      `
      ALTER TABLE realtime.channels ENABLE ROW LEVEL SECURITY;
      ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON realtime.channels FOR SELECT TO authenticated
        USING (realtime.channel_name() = 'private:' || auth.uid());
      CREATE POLICY speak ON realtime.messages FOR INSERT TO authenticated
        WITH CHECK (channel_name = 'private:' || auth.uid() AND event_name <> 'forbidden');
    `,
      { unrestricted: true },
    );
    const own = `private:${ada.id}`;
    assertEquals((await ada.sdk.realtime.subscribe(own)).ok, true);
    for (const { realtime } of [bea.sdk, anonymous()]) {
      assertEquals((await realtime.subscribe(own)).ok, false);
    }
    const heard = listen(ada.sdk, "note");
    const errors = listen(ada.sdk, "error");
    await ada.sdk.realtime.publish(own, "forbidden", {});
    await ada.sdk.realtime.publish(own, "note", { n: 1 });
    await eventually(() => errors.length === 1 && heard.length === 1);
    assertEquals([errors[0]!.code, heard[0]!.n], ["REALTIME_UNAUTHORIZED", 1]);
  });
});

/** A server that breaks its first call off and answers the second. */
function answersSecondCall() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    (await listener.accept()).close();
    const second = await listener.accept();
    await second.read(new Uint8Array(10_000));
    const answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    await second.write(new TextEncoder().encode(answer));
    second.close();
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    [Symbol.dispose]: () => listener.close(),
  };
}

/** A WebSocket that has had the server's greeting. */
async function rawSocket(url: string) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  const heard: string[] = [];
  socket.onmessage = ({ data }) => heard.push(data);
  socket.onerror = () => {};
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  const next = async () => {
    await eventually(() => heard.length > 0);
    return heard.shift()!;
  };
  assertMatch(await next(), /^0\{"sid":/);
  return {
    send: (text: string) => socket.send(text),
    close: () => socket.close(),
    closed,
    next,
  };
}

/** A masked text frame of RFC 6455, with a mask of zeros. */
function textFrame(text: string): Uint8Array<ArrayBuffer> {
  const body = new TextEncoder().encode(text);
  return new Uint8Array([0x81, 0x80 | body.length, 0, 0, 0, 0, ...body]);
}
