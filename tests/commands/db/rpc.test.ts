import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runRpc } from "../../../src/commands/db/rpc.ts";
import { CliError, UsageError } from "../../../src/core/errors.ts";
import { testContext } from "../../support/context.ts";
import { linkedTo, stubServer } from "../../support/stub_server.ts";

describe("db rpc", () => {
  it("asks with GET, and with POST once there is data", async () => {
    await using server = stubServer(({ method }) =>
      method === "GET" ? new Response(null, { status: 204 }) : Response.json([1])
    );
    const { context, show } = testContext({ cwd: ".", env: linkedTo(server) });
    assertEquals(await show(await runRpc(context, {}, "a b")), "null\n");
    assertEquals(await show(await runRpc(context, { data: "{}" }, "f")), "[\n  1\n]\n");
    assertEquals(server.requests.map(({ method, target, body }) => [method, target, body]), [
      ["GET", "/api/database/rpc/a%20b", ""],
      ["POST", "/api/database/rpc/f", "{}"],
    ]);
  });

  it("keeps numbers exact", async () => {
    const json = '{"a":9007199254740993,"b":0.10000000000000000001,"c":1.5,"d":1e400,"e":1.0}';
    await using server = stubServer(() => new Response(json));
    const { context, show } = testContext({ cwd: ".", env: linkedTo(server) });
    const shown = await show(await runRpc(context, { data: json }, "f"));
    assertEquals(shown.replaceAll(/\s/g, ""), json);
    assertEquals(server.requests[0]!.body, json);
  });

  it("names the option when the data is no JSON object", async () => {
    const { context } = testContext({ cwd: "." });
    for (const data of ["{", "[1]", "1", "1.0"]) {
      await assertRejects(() => runRpc(context, { data }, "f"), UsageError, "--data");
    }
  });

  it("ends with 4 and the hint for a function that is not there", async () => {
    const body = { code: "PGRST202", message: "no f", details: null, hint: "Perhaps g" };
    await using server = stubServer(() => Response.json(body, { status: 404 }));
    const { context } = testContext({ cwd: ".", env: linkedTo(server) });
    const error = await assertRejects(() => runRpc(context, {}, "f"), CliError);
    assertEquals([error.exitCode, error.code], [4, "PGRST202"]);
    assertStringIncludes(error.hint!, "Perhaps g");
  });
});
