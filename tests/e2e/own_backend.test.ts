/** When a command has a local backend prove that it is ours. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SELF_HOSTED } from "../../src/config/project.ts";
import { IDENTITY_PATH, proofOf } from "../../src/shared/contract/key_proof.ts";
import { insforge } from "../support/executable.ts";
import { withFolder } from "../support/temporary.ts";

const API_KEY = "ik_own";

describe("a command for a local backend of ours", () => {
  it("has it prove that, and sends the key once, after that", async () => {
    const seen: string[] = [];
    const answer = async (request: Request) => {
      const { pathname, searchParams, port } = new URL(request.url);
      seen.push(`${request.headers.has("authorization") ? "with" : "without"} a key ${pathname}`);
      const challenge = searchParams.get("challenge");
      return Response.json(
        challenge === null
          ? { rows: [{ n: 1 }], rowCount: 1, fields: [{ name: "n", dataTypeID: 23 }] }
          : { proofs: [await proofOf(API_KEY, challenge, Number(port))] },
      );
    };
    await withFolder(async (cwd) => {
      await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
      const project = {
        ...SELF_HOSTED,
        api_key: API_KEY,
        oss_host: `http://127.0.0.1:${server.addr.port}`,
        data_dir: `${cwd}/.insforge/local`,
      };
      await Deno.mkdir(`${cwd}/.insforge`);
      await Deno.writeTextFile(`${cwd}/.insforge/project.json`, JSON.stringify(project));
      const { code, stderr } = await insforge(["db", "query", "SELECT 1 AS n"], { cwd });
      assertEquals(code, 0, stderr);
    });
    // The launcher asks, and the client where the worker is ready before that is answered.
    const asked = seen.slice(0, -1);
    assertEquals(seen.at(-1), "with a key /api/database/advance/rawsql");
    assertEquals([...new Set(asked)], [`without a key ${IDENTITY_PATH}`]);
    assert(asked.length <= 2, seen.join("\n"));
  });
});
