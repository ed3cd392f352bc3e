/** When a command has a local backend prove that it is ours, and over what it speaks to it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SELF_HOSTED } from "../../src/config/project.ts";
import { IDENTITY_PATH, proofOf } from "../../src/shared/contract/key_proof.ts";
import { insforge, type ProcessResult } from "../support/executable.ts";
import { stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const API_KEY = "ik_own";

interface Seen {
  readonly path: string;
  readonly hasKey: boolean;
  /** The client's port: another connection has another one. */
  readonly from: number;
}

/** Runs a command where a backend of ours answers what is no challenge; with what that has seen. */
async function withOwn(args: string[], answer: () => Response) {
  const seen: Seen[] = [];
  const serve = async (request: Request, { remoteAddr }: Deno.ServeHandlerInfo<Deno.NetAddr>) => {
    const { pathname, searchParams, port } = new URL(request.url);
    const hasKey = request.headers.has("authorization");
    seen.push({ path: pathname, hasKey, from: remoteAddr.port });
    const challenge = searchParams.get("challenge");
    if (challenge === null) return answer();
    return Response.json({ proofs: [await proofOf(API_KEY, challenge, Number(port))] });
  };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, serve);
  return { ...await runLinked(args, server.addr.port), seen };
}

/** Runs a command in a directory that is linked to a local backend of its own on that port. */
async function runLinked(args: string[], port: number): Promise<ProcessResult> {
  return await withFolder(async (cwd) => {
    const project = {
      ...SELF_HOSTED,
      api_key: API_KEY,
      oss_host: `http://127.0.0.1:${port}`,
      data_dir: `${cwd}/.insforge/local`,
    };
    await Deno.mkdir(`${cwd}/.insforge`);
    await Deno.writeTextFile(`${cwd}/.insforge/project.json`, JSON.stringify(project));
    return await insforge(args, { cwd });
  });
}

const rows = () =>
  Response.json({ rows: [{ n: 1 }], rowCount: 1, fields: [{ name: "n", dataTypeID: 23 }] });

describe("a command for a local backend of ours", () => {
  it("has it prove that, and sends the key once, after that, over the same connection", async () => {
    const { code, stderr, seen } = await withOwn(["db", "query", "SELECT 1 AS n"], rows);
    assertEquals(code, 0, stderr);
    assertEquals(seen.at(-1)!.path, "/api/database/advance/rawsql");
    assert(seen.at(-1)!.hasKey);
    // Asked twice where the first answer takes its time.
    const asked = seen.slice(0, -1).map(({ path, hasKey }) => `${path} ${hasKey}`);
    assertEquals([...new Set(asked)], [`${IDENTITY_PATH} false`]);
    assert(asked.length <= 2, asked.join("\n"));
    assertEquals(new Set(seen.map(({ from }) => from)).size, 1);
  });

  it("has more connections where one may not do", async () => {
    const { code, stderr, seen } = await withOwn(["functions", "invoke", "hello"], rows);
    assertEquals(code, 0, stderr);
    assert(new Set(seen.map(({ from }) => from)).size > 1);
  });

  it("is not taken for one that is stopped where it takes the question and says nothing", async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const hungUp = (async () => {
      for await (const connection of listener) {
        await connection.read(new Uint8Array(1024));
        connection.close();
      }
    })().catch(() => {});
    const { code, stderr } = await runLinked(["db", "tables"], listener.addr.port);
    listener.close();
    await hungUp;
    assertEquals(code, 1);
    assertStringIncludes(stderr, "The local backend of this directory does not answer.");
    assertStringIncludes(stderr, "insforge local status");
  });

  it("reaches nothing else, whatever that answers", async () => {
    await using elsewhere = stubServer(rows);
    const { host } = new URL(elsewhere.url);
    const redirect = () => Response.redirect(elsewhere.url);
    const { code, stderr, seen } = await withOwn(["db", "tables"], redirect);
    assertEquals(code, 1);
    const { from: _, ...last } = seen.at(-1)!;
    assertEquals(last, { path: "/api/database/tables", hasKey: true });
    assertStringIncludes(stderr, `redirects to ${host}, which this command may not reach`);
    assertEquals(elsewhere.requests, []);
  });

  it("says that the connection broke off", async () => {
    const broken = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"rows":['));
            controller.error(new Error("broken"));
          },
        }),
      );
    const { code, stderr } = await withOwn(["db", "query", "SELECT 1"], broken);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "was reset before the answer was complete");
  });
});
