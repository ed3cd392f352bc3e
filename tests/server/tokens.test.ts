import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { decode, sign } from "hono/jwt";
import { Keys } from "../../src/server/keys/keys.ts";
import {
  readAccessToken,
  readInternally,
  signAccessToken,
  signInternally,
} from "../../src/server/keys/tokens.ts";

const START = Date.parse("2026-01-01T00:00:00Z");
const SUBJECT = { sub: "1", role: "authenticated" } as const;

describe("tokens", () => {
  let folder: string;
  let keys: Keys;
  let now = START;
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    keys = await Keys.load(`${folder}/keys.json`, () => new Date(now));
  });
  beforeEach(() => {
    now = START;
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  const byHand = (claims: Record<string, unknown>) => sign(claims, keys.jwtSecret, "HS256");

  it("of access last for fifteen minutes, and not a second more", async () => {
    const token = await signAccessToken(keys, SUBJECT);
    assertEquals(decode(token).payload.exp, START / 1000 + 900);
    now = START + 899_000;
    assertEquals((await readAccessToken(keys, token))?.sub, "1");
    now = START + 900_000;
    assertEquals(await readAccessToken(keys, token), undefined);
  });

  it("that are signed by hand hold as long as they say", async () => {
    const seconds = START / 1000;
    assert(await readAccessToken(keys, await byHand({ ...SUBJECT })));
    assert(await readAccessToken(keys, await byHand({ ...SUBJECT, nbf: seconds })));
    const later = seconds + 3600;
    const wrong = [
      { exp: seconds },
      { nbf: seconds + 1 },
      { exp: "never" },
      { exp: `${later}` },
      { exp: null },
      { nbf: "0" },
      { nbf: null },
    ];
    for (const times of wrong) {
      const token = await byHand({ ...SUBJECT, ...times });
      assertEquals(await readAccessToken(keys, token), undefined, JSON.stringify(times));
    }
  });

  it("are of one type and taken for no other", async () => {
    const refresh = await signInternally(keys, { ...SUBJECT, type: "refresh" }, 60);
    assertEquals(await readAccessToken(keys, refresh), undefined);
    assertEquals((await readInternally(keys, refresh, "refresh"))?.sub, "1");
    assertEquals(await readInternally(keys, refresh, "state"), undefined);
    now = START + 60_000;
    assertEquals(await readInternally(keys, refresh, "refresh"), undefined);
  });

  it("are nobody else's", async () => {
    const forged = await sign({ ...SUBJECT }, "another secret", "HS256");
    assertEquals(await readAccessToken(keys, forged), undefined);
    const [, body] = (await byHand({ ...SUBJECT })).split(".");
    const none = btoa(JSON.stringify({ alg: "none", typ: "JWT" })).replaceAll("=", "");
    for (const token of [`${none}.${body}.`, `${none}.${body}`, "", "a.b.c"]) {
      assertEquals(await readAccessToken(keys, token), undefined, token);
    }
  });
});
