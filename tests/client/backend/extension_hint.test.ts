import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { extensionHint } from "../../../src/client/backend/extension_hint.ts";

describe("what an extension brings", () => {
  for (
    const [message, extension] of [
      ["function uuid_generate_v4() does not exist", "uuid-ossp"],
      ["function extensions.crypt(text, text) does not exist", "pgcrypto"],
      ['type "citext" does not exist', "citext"],
      ['operator class "gin_trgm_ops" does not exist for access method "gin"', "pg_trgm"],
      ['type "public.vector" does not exist', "vector"],
      ['schema "cron" does not exist', "pg_cron"],
    ] as const
  ) {
    it(`is named for: ${message}`, () => {
      assertStringIncludes(extensionHint(message)!, `CREATE EXTENSION "${extension}"`);
    });
  }

  it("is none of the project's own", () => {
    assertEquals(extensionHint("function my_digest(text) does not exist"), undefined);
    assertEquals(extensionHint('relation "citext" does not exist'), undefined);
  });
});
