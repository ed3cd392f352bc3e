import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { configure, TextReader, Uint8ArrayWriter, ZipWriter } from "@zip-js/zip-js";
import { createDeploymentResponseSchema, deploymentSchema } from "@insforge/shared-schemas";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { settled, type SiteFiles } from "../support/site.ts";

let backend: TestBackend;
let now = new Date("2026-01-01T00:00:00Z");

async function zip(files: SiteFiles, mode = 0o100644): Promise<Uint8Array<ArrayBuffer>> {
  configure({ useWebWorkers: false });
  const writer = new ZipWriter(new Uint8ArrayWriter());
  for (const [path, content] of Object.entries(files)) {
    await writer.add(path, new TextReader(content), { externalFileAttributes: mode << 16 >>> 0 });
  }
  return new Uint8Array(await writer.close());
}

async function create() {
  const { status, body } = await backend.request("POST", "/api/deployments");
  assertEquals(status, 201);
  return createDeploymentResponseSchema.parse(body);
}

/** Sends an archive as a client of an object store does: without a credential of the backend. */
async function send(
  { uploadUrl, uploadFields }: { uploadUrl: string; uploadFields: Record<string, string> },
  archive: Uint8Array<ArrayBuffer>,
): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(uploadFields)) form.append(name, value);
  form.append("file", new Blob([archive], { type: "application/zip" }), "deployment.zip");
  const response = await fetch(uploadUrl, { method: "POST", body: form });
  await response.body?.cancel();
  return response.status;
}

async function deploy(archive: Uint8Array<ArrayBuffer>) {
  const created = await create();
  assertEquals(await send(created, archive), 204);
  const started = await backend.request("POST", `/api/deployments/${created.id}/start`, {});
  return { ...started, id: created.id };
}

describe("deployments by archive", () => {
  beforeAll(async () => void (backend = await startBackend({ clock: () => now })));
  afterAll(() => backend.close());

  it("are unpacked and served", async () => {
    const { status, id } = await deploy(await zip({ "index.html": "home", "a/b.css": "b{}" }));
    assertEquals(status, 200);
    const ready = deploymentSchema.parse(await settled(backend, id));
    assertEquals([ready.status, ready.metadata?.uploadMode, ready.metadata?.fileCount], [
      "READY",
      "legacy",
      2,
    ]);
    const css = await fetch(`${ready.url}/a/b.css`);
    assertEquals([await css.text(), css.headers.get("content-type")], [
      "b{}",
      "text/css; charset=utf-8",
    ]);
    const left = await Array.fromAsync(Deno.readDir(`${backend.dataDir}/deployments/archives`));
    assertEquals(left, []);
  });

  it("fail when the archive is missing, empty or none", async () => {
    const { id } = await create();
    const started = await backend.request("POST", `/api/deployments/${id}/start`, {});
    assertEquals([started.status, started.body.error], [400, "INVALID_INPUT"]);
    assertEquals((await settled(backend, id)).status, "ERROR");
    for (const bytes of [await zip({}), new TextEncoder().encode("no archive at all")]) {
      const { status, body } = await deploy(bytes);
      assertEquals([status, body.error], [400, "DEPLOYMENT_INVALID_FILE"]);
    }
    const left = await Array.fromAsync(Deno.readDir(`${backend.dataDir}/deployments/archives`));
    assertEquals(left, []);
  });

  it("refuse paths that lead out, and symbolic links", async () => {
    for (const path of ["../evil.txt", "/etc/evil", "a/../../evil"]) {
      const { status, body } = await deploy(await zip({ [path]: "x" }));
      assertEquals([status, body.error], [400, "DEPLOYMENT_INVALID_FILE"], path);
      assertStringIncludes(body.message, "unsafe");
    }
    const { body } = await deploy(await zip({ link: "/etc/passwd" }, 0o120777));
    assertStringIncludes(body.message, "symbolic link");
  });

  it("fail when they unpack to more than the limit, whatever they claim", async () => {
    const zeros = (megabytes: number) => "0".repeat(megabytes * 1024 * 1024);
    const bombs: SiteFiles[] = [
      { "a.txt": zeros(101) },
      { "a.txt": zeros(51), "b.txt": zeros(51) },
    ];
    for (const files of bombs) {
      const bomb = await zip(files);
      assert(bomb.length < 1024 * 1024);
      const { id } = await deploy(bomb);
      const failed = await settled(backend, id);
      assertEquals([failed.status, failed.metadata.error.errorCode], ["ERROR", "INVALID_ARCHIVE"]);
    }
  });

  it("fail when the content of a file is damaged, or cannot be begun", async () => {
    for (const place of ["header", "content"]) {
      const archive = await zip({ "index.html": "home" });
      const header = new DataView(archive.buffer);
      const contentAt = 30 + header.getUint16(26, true) + header.getUint16(28, true);
      const at = place === "header" ? 0 : contentAt + 1;
      archive[at] = ~archive[at]!;
      const { status, id } = await deploy(archive);
      assertEquals(status, 200);
      const { status: end, metadata } = await settled(backend, id);
      assertEquals([end, metadata.error.errorCode], ["ERROR", "INVALID_ARCHIVE"], place);
    }
  });

  it("say so when what is sent is no form, or a form without a file", async () => {
    const { id, uploadFields } = await create();
    const path = `/api/deployments/${id}/archive`;
    const empty = new FormData();
    for (const [name, value] of Object.entries(uploadFields)) empty.append(name, value);
    for (const body of [{ file: "x" }, undefined, empty]) {
      const answer = await backend.request("POST", path, body, { key: null });
      assertEquals([answer.status, answer.body.error], [400, "INVALID_INPUT"]);
    }
  });

  it("take the archive only with the signature, of this deployment, in its time", async () => {
    const [one, two] = [await create(), await create()];
    const archive = await zip({ "index.html": "x" });
    const forged = { ...one, uploadFields: { ...one.uploadFields, signature: "0".repeat(64) } };
    assertEquals(await send(forged, archive), 403);
    assertEquals(await send({ ...one, uploadFields: two.uploadFields }, archive), 403);
    assertEquals(await send({ ...one, uploadFields: {} }, archive), 403);
    now = new Date(now.getTime() + 2 * 60 * 60 * 1000);
    assertEquals(await send(one, archive), 403);
  });
});
