import { createClient } from "@insforge/sdk";
import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";

type Sdk = ReturnType<typeof createClient>;

/** A channel of each user's own, and one that all signed in may hear and only its owner fill. */
const POLICIES = `
  ALTER TABLE realtime.channels ENABLE ROW LEVEL SECURITY;
  ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY;
  CREATE POLICY hear_own ON realtime.channels FOR SELECT TO authenticated
    USING (realtime.channel_name() IN ('user:' || auth.uid(), 'news'));
  CREATE POLICY speak_own ON realtime.messages FOR INSERT TO authenticated
    WITH CHECK (channel_name = 'user:' || auth.uid());
  CREATE FUNCTION say(channel text, words text) RETURNS void LANGUAGE sql AS $$
    SELECT realtime.publish(channel, 'said', jsonb_build_object('words', words)) $$;
  CREATE FUNCTION slip_in(channel text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO realtime.messages (event_name, channel_name, payload, sender_type)
    VALUES ('said', channel, '{}', 'user') $$;
  CREATE FUNCTION heard() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT payload::text FROM realtime.messages $$;`;

describe("another user's channel", () => {
  let backend: TestBackend;
  let ada: { sdk: Sdk; id: string };
  let bob: { sdk: Sdk; id: string; token: string };
  let visitor: Sdk;
  let channel: string;
  /** What Ada hears in her channel. */
  const heard: unknown[] = [];
  /** What the others hear that is none of their business. */
  const overheard: unknown[] = [];

  async function user(name: string) {
    const account = { email: `${name}@example.com`, password: "correct horse" };
    const { body } = await backend.request("POST", "/api/auth/users", account);
    const sdk = createClient({ baseUrl: backend.url, accessToken: body.accessToken });
    return { sdk, id: body.user.id as string, token: body.accessToken as string };
  }

  beforeAll(async () => {
    backend = await startBackend();
    for (const pattern of ["user:%", "news"]) {
      await backend.request("POST", "/api/realtime/channels", { pattern });
    }
    await backend.sql(POLICIES, { unrestricted: true });
    ada = await user("ada");
    bob = await user("bob");
    visitor = createClient({ baseUrl: backend.url, anonKey: backend.anonKey });
    channel = `user:${ada.id}`;
    assertEquals((await ada.sdk.realtime.subscribe(channel)).ok, true);
    ada.sdk.realtime.on("said", (message: unknown) => heard.push(message));
    for (const { realtime } of [bob.sdk, visitor]) {
      for (const event of ["said", "presence:join", "presence:leave"]) {
        realtime.on(event, (message: unknown) => overheard.push(message));
      }
    }
    await ada.sdk.realtime.publish(channel, "said", { words: "mine" });
    await eventually(() => heard.length === 1);
  });
  afterAll(async () => {
    for (const { realtime } of [ada.sdk, bob.sdk, visitor]) realtime.disconnect();
    await backend.close();
  });

  /** That nothing came out and nothing came in. */
  async function requireUntouched(): Promise<void> {
    // What comes after it has come: Ada hears what she says in the order in which it is stored.
    await ada.sdk.realtime.publish(channel, "said", { words: "last" });
    await eventually(() => JSON.stringify(heard.at(-1)).includes('"last"'));
    const words = heard.splice(1).map((message) => (message as { words: string }).words);
    assertEquals([words, overheard], [["last"], []]);
  }

  it("cannot be subscribed to, by its name or by a pattern", async () => {
    for (const { realtime } of [bob.sdk, visitor]) {
      for (const name of [channel, "user:%", `${channel}%`, `${channel} `, channel.toUpperCase()]) {
        const answer = await realtime.subscribe(name);
        assertEquals([answer.ok, "presence" in answer], [false, false], name);
      }
    }
    await requireUntouched();
  });

  it("hears nothing of who is not subscribed to it", async () => {
    for (const { realtime } of [bob.sdk, visitor]) {
      const errors: { code: string }[] = [];
      realtime.on("error", (error: { code: string }) => errors.push(error));
      await realtime.publish(channel, "said", { words: "forged" });
      await eventually(() => errors.length === 1);
      assertEquals(errors[0]!.code, "REALTIME_NOT_SUBSCRIBED");
    }
    await requireUntouched();
  });

  it("hears nothing by SQL of who may not speak in it", async () => {
    for (const { database } of [bob.sdk, visitor]) {
      for (
        const [name, args] of [["say", { channel, words: "forged" }], ["slip_in", { channel }]]
      ) {
        const { error } = await database.rpc(name as string, args as Record<string, string>);
        assertEquals(error?.code, "42501", name as string);
      }
    }
    await requireUntouched();
  });

  it("shows none of its messages in tables, functions or routes", async () => {
    for (const { database } of [bob.sdk, visitor]) {
      const { data } = await database.rpc("heard");
      assertEquals(data ?? [], []);
      const { data: rows, error } = await database.from("realtime.messages").select();
      assertEquals([rows, error !== null], [null, true]);
    }
    for (const path of ["messages", "messages/stats", "channels", "permissions", "config"]) {
      for (const key of [bob.token, backend.anonKey, null]) {
        const { status } = await backend.request("GET", `/api/realtime/${path}`, undefined, {
          key,
        });
        assertEquals(status === 401 || status === 403, true, `${path} ${status}`);
      }
    }
  });

  it("may be heard where a policy lets, and is still not spoken in", async () => {
    assertEquals((await bob.sdk.realtime.subscribe("news")).ok, true);
    assertEquals((await visitor.realtime.subscribe("news")).ok, false);
    const errors: { code: string }[] = [];
    bob.sdk.realtime.on("error", (error: { code: string }) => errors.push(error));
    await bob.sdk.realtime.publish("news", "said", { words: "forged" });
    await eventually(() => errors.length === 1);
    assertEquals(errors[0]!.code, "REALTIME_UNAUTHORIZED");
    overheard.length = 0;
    await requireUntouched();
  });

  it("tells who speaks, whatever a message claims", async () => {
    const own = `user:${bob.id}`;
    assertEquals((await bob.sdk.realtime.subscribe(own)).ok, true);
    const said: { meta: Record<string, unknown> }[] = [];
    bob.sdk.realtime.on("claimed", (message: typeof said[number]) => said.push(message));
    const meta = { senderId: ada.id, senderType: "system", channel };
    await bob.sdk.realtime.publish(own, "claimed", { meta, sender_id: ada.id });
    await eventually(() => said.length === 1);
    assertEquals([said[0]!.meta.senderId, said[0]!.meta.senderType], [bob.id, "user"]);
    assertEquals(said[0]!.meta.channel, `realtime:${own}`);
  });
});
