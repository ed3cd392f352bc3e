import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { localDataFolder } from "../../src/config/paths.ts";
import { type Project, SELF_HOSTED, writeProject } from "../../src/config/project.ts";
import { askLocal } from "../../src/invocation/local_proof.ts";
import { IDENTITY_PATH, proofOf } from "../../src/shared/contract/key_proof.ts";
import { testContext } from "../support/context.ts";
import { launchIn } from "../support/launch.ts";
import { type StubServer, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const KEY = "ik_ours";

/** What answers the challenge with a proof, and everything else with an empty array. */
function backendOf(key: string, port?: number): StubServer {
  const server = stubServer(async ({ target }) => {
    const { pathname, port: own, searchParams } = new URL(target, server.url);
    if (pathname !== IDENTITY_PATH) return Response.json([]);
    const challenge = searchParams.get("challenge")!;
    return Response.json({ proofs: [await proofOf(key, challenge, port ?? Number(own))] });
  });
  return server;
}

function linkTo(url: string, folder: string): Project {
  return {
    ...SELF_HOSTED,
    region: "local",
    api_key: KEY,
    oss_host: url,
    data_dir: localDataFolder(folder),
  };
}

async function askIn(folder: string, ...options: string[]) {
  const asked = await askLocal(launchIn(folder, ["db", "query", "SELECT 1", ...options]));
  using _ = asked?.connection;
  return await asked?.answer();
}

async function provenIn(folder: string, server: StubServer) {
  await writeProject(folder, linkTo(server.url, folder));
  return await askIn(folder);
}

describe("the local backend, while the CLI loads", () => {
  it("is proven by who has its key, and by nobody else", async () => {
    await withFolder(async (folder) => {
      await using ours = backendOf(KEY);
      assertEquals(await provenIn(folder, ours), { url: ours.url, apiKey: KEY });
      await using other = backendOf("ik_other");
      assertEquals(await provenIn(folder, other), undefined);
      await using elsewhere = backendOf(KEY, 1);
      assertEquals(await provenIn(folder, elsewhere), undefined);
      await using endless = stubServer(() =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(1024).fill(32)),
          }),
        )
      );
      assertEquals(await provenIn(folder, endless), undefined);
    });
  });

  it("is asked nothing where it is stopped, or the command acts on another one", async () => {
    await withFolder(async (folder) => {
      const stopped = backendOf(KEY);
      await stopped[Symbol.asyncDispose]();
      assertEquals(await provenIn(folder, stopped), undefined);
      await using backend = backendOf(KEY);
      await writeProject(folder, { ...linkTo(backend.url, folder), data_dir: "/elsewhere" });
      assertEquals(await askIn(folder), undefined);
      await writeProject(folder, linkTo(backend.url, folder));
      assertEquals(await askIn(folder, "--project-id", "x"), undefined);
      assertEquals(backend.requests, []);
    });
  });

  it("is not asked again by the client once it is proven, where its link leads there", async () => {
    await withFolder(async (folder) => {
      await using backend = backendOf(KEY);
      await writeProject(folder, linkTo(backend.url, folder));
      const askedFor = async (proven?: { url: string; apiKey: string }) => {
        const before = backend.requests.length;
        const { context } = testContext({ cwd: folder, proven });
        await (await context.backend()).json("GET", "/api/storage/buckets");
        return backend.requests.slice(before).map(({ target }) => target.split("?")[0]);
      };
      const proven = { url: backend.url, apiKey: KEY };
      assertEquals(await askedFor(proven), ["/api/storage/buckets"]);
      const both = [IDENTITY_PATH, "/api/storage/buckets"];
      assertEquals(await askedFor(), both);
      assertEquals(await askedFor({ ...proven, url: "http://127.0.0.1:1" }), both);
      assertEquals(await askedFor({ ...proven, apiKey: "ik_other" }), both);
    });
  });
});
