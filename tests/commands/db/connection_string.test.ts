import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runConnectionString } from "../../../src/commands/db/connection_string.ts";
import { OperationError } from "../../../src/core/errors.ts";
import { testContext } from "../../support/context.ts";
import { linkedTo, stubServer } from "../../support/stub_server.ts";

/** A backend whose password is masked for a number of reads. */
function hosted(maskedReads: number) {
  let reads = 0;
  return stubServer(({ target }) =>
    Response.json(
      target.endsWith("database-password")
        ? { databasePassword: reads++ < maskedReads ? "********" : "p@ss/word" }
        : { connectionURL: "postgresql://postgres:********@db.example.com:5432/insforge" },
    )
  );
}

const clock = { sleep: () => Promise.resolve() };

describe("db connection-string", () => {
  it("R30: waits while the password is masked, and puts the real one in", async () => {
    await using server = hosted(3);
    const { context, show } = testContext({ cwd: "/", env: linkedTo(server), clock });
    const shown = await show(await runConnectionString(context));
    assertEquals(shown, "postgresql://postgres:p%40ss%2Fword@db.example.com:5432/insforge\n");
  });

  it("R30: gives up after a bounded time and never shows a mask", async () => {
    await using server = hosted(1_000);
    const { context } = testContext({ cwd: "/", env: linkedTo(server), clock });
    await assertRejects(() => runConnectionString(context), OperationError, "not available yet");
    assertEquals(server.requests.length, 11);
  });
});
