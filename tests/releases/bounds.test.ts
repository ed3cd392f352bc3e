/** A release host, or whoever is on the way there, that answers without end. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { it } from "@std/testing/bdd";
import { OperationError } from "../../src/core/errors.ts";
import { fetchExecutable } from "../../src/releases/fetch_executable.ts";
import { latestRelease, releaseClient } from "../../src/releases/manifest.ts";
import { testContext } from "../support/context.ts";
import { stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

/** What cannot be packed smaller. */
const BLOCK = crypto.getRandomValues(new Uint8Array(64 * 1024));

/** What `count` blocks hold; how many were taken is counted. */
function blocks(count: number, first?: Uint8Array<ArrayBuffer>) {
  const taken = { count: 0 };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (taken.count === 0 && first) controller.enqueue(first);
      if (taken.count++ < count) controller.enqueue(BLOCK);
      else controller.close();
    },
  });
  return { body, taken };
}

/** The head of a file in a tar archive. */
function tarHead(name: string, size: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(512);
  const put = (text: string, at: number) => new TextEncoder().encodeInto(text, head.subarray(at));
  put(name, 0);
  put("0000755\0", 100);
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put(" ".repeat(8), 148);
  put("0", 156);
  const sum = head.reduce((sum, byte) => sum + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}

it("a manifest is read no further than one can be", () =>
  withFolder(async (cwd) => {
    const { body, taken } = blocks(4000);
    await using server = stubServer(() => new Response(body));
    const { context } = testContext({ cwd, env: { INSFORGE_DOWNLOAD_URL: server.url } });
    await assertRejects(
      () => latestRelease(releaseClient(context)),
      OperationError,
      "more than a manifest has",
    );
    assert(taken.count < 4000, `${taken.count} blocks were read`);
  }));

it("an archive is unpacked no further than the executable is large", async () => {
  await withFolder(async (folder) => {
    const { body, taken } = blocks(4000, tarHead("insforge", 4000 * BLOCK.length));
    const packed = body.pipeThrough(new CompressionStream("gzip"));
    await using server = stubServer(() => new Response(packed));
    const { context } = testContext({ cwd: folder, env: { INSFORGE_DOWNLOAD_URL: server.url } });
    const target = `${folder}/insforge`;
    await assertRejects(
      () =>
        fetchExecutable(releaseClient(context), {
          version: "9.0.0",
          archive: { name: "a.tar.gz", size: 1024 ** 3, sha256: "" },
          executable: { name: "insforge", size: 100_000, sha256: "" },
          target,
          onProgress() {},
        }),
      OperationError,
      "is damaged",
    );
    assert(taken.count < 4000, `${taken.count} blocks were read`);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});
