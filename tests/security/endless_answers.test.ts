/** The host of a linked project answers without end, or more than anybody can hold. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { wholeBody } from "../../src/client/whole_body.ts";
import { OperationError } from "../../src/core/errors.ts";
import { type HostileClone, withHostileClone } from "../support/hostile_clone.ts";

/** What lies in the buffers of two processes and the system. */
const BUFFERS = 64 * 1024 ** 2;

/** Links the clone to a host that sends this head, and then spaces for as long as it is read. */
async function withHost(
  clone: HostileClone,
  head: readonly string[],
  work: () => Promise<void>,
): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const oss_host = `http://127.0.0.1:${listener.addr.port}`;
  const link = { project_id: "p", api_key: "ik_theirs", oss_host };
  await clone.file(".insforge/project.json", JSON.stringify(link));
  let sent = 0;
  const answering = (async () => {
    for await (const connection of listener) {
      try {
        await connection.read(new Uint8Array(64 * 1024));
        await connection.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
        const spaces = new Uint8Array(64 * 1024).fill(0x20);
        for (;;) sent += await connection.write(spaces);
      } catch {
        // It is read no further.
      } finally {
        connection.close();
      }
    }
  })();
  await work();
  listener.close();
  await answering;
  return sent;
}

describe("a host without end", () => {
  it("is read no further than a reason for a refusal is long", async () => {
    await withHostileClone(async (clone) => {
      const sent = await withHost(clone, ["HTTP/1.1 400 No", "connection: close"], async () => {
        const { code, stderr } = await clone.run(["secrets", "list"]);
        assertEquals(code, 1);
        assertMatch(stderr, /answered GET .* with status 400\./);
      });
      assert(sent < BUFFERS, `${sent}`);
    });
  });

  it("is not read where it says that it will send more than fits", async () => {
    await withHostileClone(async (clone) => {
      const head = ["HTTP/1.1 200 OK", `content-length: ${2 ** 40}`];
      const sent = await withHost(clone, head, async () => {
        const { code, stderr } = await clone.run(["secrets", "list"]);
        assertEquals(code, 1);
        assertMatch(stderr, /answered GET .* with more than 256 MiB\./);
      });
      assert(sent < BUFFERS, `${sent}`);
    });
  });

  it("is read no further than what fits where it says nothing of its length", async () => {
    let sent = 0;
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        // A reader without a bound ends this way, and the test with it.
        if (++sent > 1000) controller.close();
        else controller.enqueue(new Uint8Array(64 * 1024));
      },
      cancel: () => void (isCancelled = true),
    });
    const reading = () => wholeBody(new Response(body), "It answered", undefined, 1024 ** 2);
    const { message } = await assertRejects(reading, OperationError);
    assertEquals([message, isCancelled], ["It answered with more than 1 MiB.", true]);
    assert(sent < 20, `${sent}`);
  });
});
