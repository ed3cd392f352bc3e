import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startBackend } from "../support/backend.ts";

describe("a damaged keys.json", () => {
  for (const damaged of ["", "{", "{}"]) {
    it(`is made anew where nothing is encrypted with it: ${damaged || "empty"}`, async () => {
      const first = await startBackend();
      const { dataDir } = first;
      await first.sql("CREATE TABLE kept AS SELECT 1 AS n");
      await first.close({ keep: true });
      await Deno.writeTextFile(`${dataDir}/keys.json`, damaged);
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
    await Deno.writeTextFile(`${dataDir}/keys.json`, keys);
    await (await startBackend({ dataDir })).close();
  });
});
