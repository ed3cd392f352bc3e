import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { PGLITE, startBackend, type TestBackend } from "../support/backend.ts";

const VALUES = "SELECT 'NaN'::float8 AS a, '-Infinity'::float4 AS b, ARRAY['NaN'::float8, 1] AS c";

/** The recorded answers of the real backend say how strict is meant: tests/real/recorded.jsonl. */
describe("where the local backend answers better than InsForge", () => {
  for (const strict of [true, false]) {
    describe(strict ? "strictly, it does as InsForge" : "it says more", () => {
      let backend: TestBackend;
      beforeAll(async () => {
        backend = await startBackend({ engine: PGLITE, strict });
        await backend.sql("CREATE TABLE posts (id int)");
        await backend.sql("CREATE POLICY readers ON posts FOR SELECT USING (true)");
      });
      afterAll(() => backend.close());

      it("roles of policies", async () => {
        const { body } = await backend.request("GET", "/api/database/policies");
        assertEquals(body.policies[0].roles, strict ? "{public}" : ["public"]);
      });

      it("NaN and infinities", async () => {
        assertEquals(await backend.sql(VALUES), [
          strict ? { a: null, b: null, c: [null, 1] } : { a: "NaN", b: "-Infinity", c: ["NaN", 1] },
        ]);
      });

      it("a body that is no object is refused either way", async () => {
        for (const body of ["1", '"text"', "null", "[1]", "{bad"]) {
          const { status, body: error } = await backend.request(
            "POST",
            "/api/database/advance/rawsql",
            new TextEncoder().encode(body),
            { headers: { "content-type": "application/json" } },
          );
          assertEquals([status, error.error], [400, "INVALID_INPUT"], body);
        }
      });
    });
  }
});
