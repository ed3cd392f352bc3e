import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { REQUIREMENTS_FILE, requirementsSource } from "../../scripts/requirements.ts";

describe("the table of requirements", () => {
  it("has each with the tests that carry its number", async () => {
    assertEquals(
      await Deno.readTextFile(REQUIREMENTS_FILE),
      await requirementsSource(),
      "Run: ./scripts/deno run --allow-all scripts/requirements.ts",
    );
  });
});
