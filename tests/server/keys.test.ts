import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { Keys } from "../../src/server/keys/keys.ts";

describe("keys", () => {
  let folder: string;
  let time = Date.parse("2026-01-01T00:00:00Z");
  const clock = () => new Date(time);
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  it("are made once", async () => {
    const first = await Keys.load(`${folder}/keys.json`, clock);
    const second = await Keys.load(`${folder}/keys.json`, clock);
    assertMatch(first.apiKey, /^ik_[0-9a-f]{64}$/);
    assertMatch(first.anonKey, /^anon_[0-9a-f]{64}$/);
    assertEquals(
      [second.apiKey, second.anonKey, second.jwtSecret],
      [first.apiKey, first.anonKey, first.jwtSecret],
    );
  });

  it({
    name: "are readable by their owner only",
    ignore: Deno.build.os === "windows",
    async fn() {
      const { mode } = await Deno.stat(`${folder}/keys.json`);
      assertEquals(mode! & 0o777, 0o600);
    },
  });

  it("work until the end of their grace after a rotation", async () => {
    const keys = await Keys.load(`${folder}/keys.json`, clock);
    const old = keys.apiKey;
    const { key, oldKeyExpiresAt } = await keys.rotate("api", 60_000);
    assertEquals(oldKeyExpiresAt, "2026-01-01T00:01:00.000Z");
    assertEquals(keys.apiKey, key);
    assert(keys.isApiKey(key) && keys.isApiKey(old));
    time += 60_001;
    assert(keys.isApiKey(key) && !keys.isApiKey(old));
    assert((await Keys.load(`${folder}/keys.json`, clock)).isApiKey(key));
  });

  it("are nothing that only begins alike", async () => {
    const keys = await Keys.load(`${folder}/keys.json`, clock);
    const last = keys.apiKey.endsWith("0") ? "1" : "0";
    for (const key of [keys.apiKey.slice(0, -1) + last, keys.apiKey.slice(0, 20), "", "ik_"]) {
      assert(!keys.isApiKey(key) && !keys.isAnonKey(key), key);
    }
  });

  it("work all in their grace, however many there are", async () => {
    const keys = await Keys.load(`${folder}/keys.json`, clock);
    const old = keys.anonKey;
    const { key: newer } = await keys.rotate("anon", 60_000);
    const { key: newest } = await keys.rotate("anon", 60_000);
    assertEquals([old, newer, newest].map((key) => keys.isAnonKey(key)), [true, true, true]);
  });

  it("are not made up where the file lacks one of them", async () => {
    const whole = { apiKey: "ik_1", anonKey: "anon_1", jwtSecret: "s" };
    for (const name of Object.keys(whole)) {
      const path = `${folder}/lacks-${name}.json`;
      await Deno.writeTextFile(path, JSON.stringify({ ...whole, [name]: undefined }));
      await assertRejects(
        () => Keys.load(path, clock),
        Error,
        "lacks apiKey, anonKey or jwtSecret",
      );
    }
  });

  it("name the file that is broken", async () => {
    await Deno.writeTextFile(`${folder}/broken.json`, "{");
    await assertRejects(() => Keys.load(`${folder}/broken.json`, clock), Error, "broken.json");
  });
});
