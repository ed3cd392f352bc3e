import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { denoFor } from "../../src/server/functions/deno_namespace.ts";

// deno-lint-ignore no-explicit-any
const deno = denoFor(new Map([["NAME", "value"]])) as any;

describe("Deno as functions see it", () => {
  it("tells nothing of the machine to those who put it into logs and greetings", () => {
    assertEquals([deno.hostname(), deno.osRelease(), deno.cwd()], ["localhost", "0", "/"]);
    assertEquals([deno.loadavg(), deno.networkInterfaces(), deno.uid()], [[0, 0, 0], [], null]);
    assertEquals(deno.env.toObject(), { NAME: "value" });
  });

  it("says what is lacking where it is called", () => {
    for (
      const [name, lack] of [
        ["Command", "processes"],
        ["readFile", "files"],
        ["listen", "ports"],
      ]
    ) assertThrows(() => deno[name!](), Deno.errors.NotCapable, lack);
  });
});
