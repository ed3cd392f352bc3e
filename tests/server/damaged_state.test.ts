import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isThere } from "../../src/files/real_path.ts";
import { KeysLost } from "../../src/server/keys/keys.ts";
import { startBackend } from "../support/backend.ts";

describe("a missing or damaged keys.json", () => {
  const mistyped = '{ "apiKey": 5, "anonKey": ["x"], "jwtSecret": {} }';
  for (const damaged of [undefined, "", "{", "{}", "null", mistyped]) {
    it(`is made anew where nothing is encrypted with it: ${damaged ?? "missing"}`, async () => {
      const first = await startBackend();
      const { dataDir } = first;
      await first.sql("CREATE TABLE kept AS SELECT 1 AS n");
      await first.close({ keep: true });
      if (damaged === undefined) await Deno.remove(`${dataDir}/keys.json`);
      else await Deno.writeTextFile(`${dataDir}/keys.json`, damaged);
      const second = await startBackend({ dataDir });
      assertNotEquals(second.apiKey, first.apiKey);
      assertEquals(await second.sql("SELECT n FROM kept"), [{ n: 1 }]);
      await second.close();
    });
  }

  it("is an error where a secret would be lost", async () => {
    const first = await startBackend();
    const { dataDir } = first;
    await first.request("POST", "/api/secrets", { key: "TOKEN", value: "kept" });
    await first.close({ keep: true });
    const keys = await Deno.readTextFile(`${dataDir}/keys.json`);
    await Deno.writeTextFile(`${dataDir}/keys.json`, "");
    const error = await assertRejects(() => startBackend({ dataDir }), Error);
    assert(error.message.includes("keys.json is not valid JSON"), error.message);
    assertEquals(await Deno.readTextFile(`${dataDir}/keys.json`), "");
    await Deno.remove(`${dataDir}/keys.json`);
    await assertRejects(() => startBackend({ dataDir }), KeysLost, "keys.json is gone");
    assertEquals(isThere(`${dataDir}/keys.json`), false);
    await Deno.writeTextFile(`${dataDir}/keys.json`, keys);
    await (await startBackend({ dataDir })).close();
  });
});
