import { CreateBucketCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { copyData } from "../../src/shared/copies/data_copy.ts";
import { FileError } from "../../src/core/errors.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { isThere } from "../../src/files/real_path.ts";
import { s3Client, type S3Key, s3Key } from "../support/s3.ts";

/** A backend whose objects are kept in the bucket of another one. */
// The client keeps sockets of Node's a moment longer than it is asked to.
describe({ name: "objects in an S3 store", sanitizeResources: false }, () => {
  let store: TestBackend;
  let key: S3Key;
  let client: S3Client;
  let backend: TestBackend;
  const url = () => `s3://kept/some/prefix?endpoint=${store.url}/storage/v1/s3&region=us-east-2`;
  const path = "/api/storage/buckets/files/objects";

  beforeAll(async () => {
    store = await startBackend();
    key = await s3Key(store);
    client = await s3Client(store, key);
    await client.send(new CreateBucketCommand({ Bucket: "kept" }));
    backend = await startBackend({ objects: { url: url(), ...key } });
    await backend.request("POST", "/api/storage/buckets", { bucketName: "files" });
  });
  afterAll(async () => {
    client.destroy();
    await backend.close();
    await store.close();
  });

  const put = (name: string, content: string | Uint8Array<ArrayBuffer>) => {
    const form = new FormData();
    form.append("file", new File([content], name, { type: "text/plain" }));
    return backend.request("PUT", `${path}/${encodeURIComponent(name)}`, form);
  };
  /** The contents that the store has, by size. */
  async function kept(): Promise<number[]> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: "kept" }));
    assert(Contents.every(({ Key }) => /^some\/prefix\/[0-9a-f-]{36}$/.test(Key!)));
    return Contents.map(({ Size }) => Size!).sort((a, b) => a - b);
  }

  it("are written, read in parts, replaced and removed there", async () => {
    assertEquals((await put("a.txt", "0123456789")).status, 200);
    assertEquals(await kept(), [10]);
    const headers = { range: "bytes=2-4" };
    const part = await backend.request("GET", `${path}/a.txt`, undefined, { headers });
    assertEquals([part.status, part.body], [206, "234"]);
    await put("a.txt", "other");
    await put("empty", "");
    assertEquals(await kept(), [0, 5]);
    assertEquals((await backend.request("GET", `${path}/empty`)).body, "");
    await backend.request("DELETE", `${path}/empty`);
    assertEquals(await kept(), [5]);
    assertEquals(isThere(`${backend.dataDir}/storage`), false);
  });

  it("travel in parts when they are large, and leave nothing when they are too large", async () => {
    const large = new Uint8Array(17 * 1024 ** 2).map((_, index) => index % 251);
    assertEquals((await put("large", large)).status, 200);
    const read = await fetch(`${backend.url}${path}/large`);
    const bytes = await read.bytes();
    assertEquals(bytes.length, large.length);
    assert(bytes.every((byte, index) => byte === index % 251));
    await backend.request("DELETE", `${path}/large`);
    await backend.request("PUT", "/api/storage/config", { maxFileSizeMb: 10 });
    const before = await kept();
    const tooLarge = large.subarray(0, 10 * 1024 ** 2 + 1000);
    assertEquals((await put("too large", tooLarge)).status, 413);
    assertEquals(await kept(), before);
    const uploads = await store.sql("SELECT * FROM storage.s3_uploads", { unrestricted: true });
    assertEquals(uploads, []);
  });

  it("stay where they are over a restart, which needs no option", async () => {
    await put("stays", "here");
    await backend.close({ keep: true });
    const { mode } = await Deno.stat(`${backend.dataDir}/objects.json`);
    if (Deno.build.os !== "windows") assertEquals(mode! & 0o777, 0o600);
    backend = await startBackend({ dataDir: backend.dataDir });
    assertEquals((await backend.request("GET", `${path}/stays`)).body, "here");
    await backend.close({ keep: true });
    const other = { dataDir: backend.dataDir, objects: { url: "s3://other", ...key } };
    await assertRejects(() => startBackend(other), Error, "stay there");
    backend = await startBackend({ dataDir: backend.dataDir, objects: { url: url(), ...key } });
  });

  it("do not begin in a store that does not let them in, nor leave a folder", async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "insforge-test-" });
    for (
      const objects of [
        { url: url(), ...key, secretAccessKey: "wrong-secret" },
        { url: url().replace("kept", "nowhere"), ...key },
      ]
    ) {
      const error = await assertRejects(() => startBackend({ dataDir, objects })) as Error;
      assert(/SignatureDoesNotMatch|NoSuchBucket/.test(error.message), error.message);
      assert(!error.message.includes("wrong-secret"));
      assertEquals(isThere(`${dataDir}/objects.json`), false);
    }
    await Deno.mkdir(`${dataDir}/storage`);
    const late = { dataDir, objects: { url: url(), ...key } };
    await assertRejects(() => startBackend(late), Error, "are in its folder");
    await Deno.remove(dataDir, { recursive: true });
  });

  it("are not copied with the data directory", async () => {
    const copy = () => copyData(backend.dataDir, `${backend.dataDir}-copy`);
    await assertRejects(copy, FileError, "S3 store");
  });

  it("are missed with 502 while the store does not answer", async () => {
    await put("missed", "x");
    await client.send(new ListObjectsV2Command({ Bucket: "kept" }));
    await store.request("DELETE", `/api/storage/s3/access-keys/${await idOfKey()}`);
    const { status, body } = await backend.request("GET", `${path}/missed`);
    assertEquals([status, body.error], [502, "UPSTREAM_FAILURE"]);
    assertEquals((await put("refused", "x")).status, 502);
    assertEquals((await backend.request("GET", `${path}/refused`)).status, 404);
  });

  async function idOfKey(): Promise<string> {
    const { body } = await store.request("GET", "/api/storage/s3/access-keys");
    return body.find(({ accessKeyId }: S3Key) => accessKeyId === key.accessKeyId).id;
  }
});
