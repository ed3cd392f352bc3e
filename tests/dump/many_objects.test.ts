import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { startBackend } from "../support/backend.ts";
import { insforge } from "../support/executable.ts";

const COUNT = 6_000;
/** A transaction holds locks on all that it makes. */
const AT_ONCE = 500;

it("exports thousands of sequences, more than one statement may name", async () => {
  const backend = await startBackend();
  try {
    for (let first = 0; first < COUNT; first += AT_ONCE) {
      await backend.sql(`DO $$ BEGIN FOR n IN ${first}..${first + AT_ONCE - 1} LOOP
        EXECUTE format('CREATE SEQUENCE s%s; SELECT nextval(''s%s'')', n, n); END LOOP; END $$`);
    }
    const { code, stdout, stderr } = await insforge(["db", "export"], {
      env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
    });
    assertEquals(code, 0, stderr);
    assertEquals(stdout.match(/^SELECT pg_catalog\.setval\(/gm)?.length, COUNT);
  } finally {
    await backend.close();
  }
});
