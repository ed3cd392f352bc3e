import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { createClient } from "@insforge/sdk";
import { storageConfigSchema, storageFileSchema } from "@insforge/shared-schemas";
import { walk } from "@std/fs/walk";
import { startBackend, TEST_ENGINE, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";

let backend: TestBackend;

const request = (method: string, path: string, body?: unknown, options = {}) =>
  backend.request(method, `/api/storage${path}`, body, options);
const form = (content: string | Uint8Array<ArrayBuffer>, type = "text/plain", name = "x.txt") => {
  const data = new FormData();
  data.append("file", new File([content], name, { type }));
  return data;
};
const put = (bucket: string, key: string, content: string, type?: string, options = {}) =>
  request(
    "PUT",
    `/buckets/${bucket}/objects/${encodeURIComponent(key)}`,
    form(content, type),
    options,
  );

async function filesOf(dataDir: string): Promise<number> {
  return (await Array.fromAsync(walk(`${dataDir}/storage`, { includeDirs: false }))).length;
}

describe("storage", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await request("POST", "/buckets", { bucketName: "pub" });
    await request("POST", "/buckets", { bucketName: "priv", isPublic: false });
  });
  afterAll(() => backend.close());

  it("keeps no file of what it refuses", async () => {
    await put("pub", "kept", "x");
    const before = await filesOf(backend.dataDir);
    const refused = [
      await put("nowhere", "k", "x"),
      await put("pub", "..", "x"),
      await put("priv", "k", "x", "text/plain", { key: "ik_wrong" }),
      // Its content is there by the time that the database refuses the object.
      await put("priv", "k", "x", "text/plain", { key: backend.anonKey }),
    ];
    assertEquals(refused.map(({ status }) => status), [400, 404, 401, 403]);
    await eventually(async () => await filesOf(backend.dataDir) === before);
  });

  const counting = "asks the database twice to store an object: what it must know, and the object";
  // It counts messages to PGlite.
  it({ name: counting, ignore: TEST_ENGINE !== undefined }, async () => {
    const asked: string[] = [];
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message: unknown, ...more: []) {
      asked.push(JSON.stringify(message));
      return postMessage.call(this, message, ...more);
    };
    try {
      assertEquals((await put("pub", "counted", "x")).status, 200);
      assertEquals((await put("pub", "counted", "y")).status, 200);
    } finally {
      Worker.prototype.postMessage = postMessage;
    }
    // Beside them runs what looks for cron jobs, and what is remembered is read again.
    const others = ["cron.job", "FROM schedules.jobs", '"readOnly":true'];
    const ours = asked.filter((message) => !others.some((other) => message.includes(other)));
    assertEquals(ours.length, 4, ours.join("\n"));
  });

  it("makes, lists, changes and deletes buckets", async () => {
    const { body: buckets } = await request("GET", "/buckets");
    assertEquals(
      buckets.map(({ name, public: isPublic }: { name: string; public: boolean }) => [
        name,
        isPublic,
      ]),
      [["priv", false], ["pub", true]],
    );
    assertEquals((await request("POST", "/buckets", { bucketName: "pub" })).status, 409);
    const bad = await request("POST", "/buckets", { bucketName: "bad name" });
    assertEquals([bad.status, bad.body.error], [400, "STORAGE_INVALID_PARAMETER"]);
    await request("POST", "/buckets", { bucketName: "gone" });
    await put("gone", "a", "1");
    const before = await filesOf(backend.dataDir);
    assertEquals(
      (await request("PATCH", "/buckets/gone", { isPublic: false })).body.bucket,
      "gone",
    );
    assertEquals((await request("DELETE", "/buckets/gone")).status, 200);
    assertEquals((await request("DELETE", "/buckets/gone")).status, 404);
    assertEquals(await filesOf(backend.dataDir), before - 1);
  });

  it("R45: keeps objects under any key, and gives them back whole", async () => {
    for (const key of ["a b/ü#1?.txt", "100%25/.", "objects/objects/x", "漢字/😀", "'\"&=+;,"]) {
      const { status, body } = await put("pub", key, key);
      assertEquals(status, 200, key);
      const { url } = storageFileSchema.parse(body);
      assertEquals(body.key, key);
      const read = await fetch(url);
      assertEquals([read.status, await read.text()], [200, key]);
      assertEquals(read.headers.get("x-content-type-options"), "nosniff");
    }
    for (const key of ["../x", "/x", "a/../b"]) {
      assertEquals((await put("pub", key, "x")).body.error, "STORAGE_INVALID_PARAMETER", key);
    }
  });

  it("gives parts, and nothing to whom it is known", async () => {
    await put("pub", "digits", "0123456789");
    const read = (headers: Record<string, string>) =>
      request("GET", "/buckets/pub/objects/digits", undefined, { key: null, headers });
    const part = await read({ range: "bytes=2-4" });
    assertEquals([part.status, part.body, part.headers.get("content-range")], [
      206,
      "234",
      "bytes 2-4/10",
    ]);
    assertEquals((await read({ range: "bytes=-3" })).body, "789");
    assertEquals((await read({ range: "bytes=20-" })).status, 416);
    const etag = part.headers.get("etag")!;
    assertEquals((await read({ "if-none-match": etag })).status, 304);
    assertEquals((await read({ range: "bytes=2-4", "if-range": '"other"' })).status, 200);
  });

  it("shows private objects to nobody without a key, and to no anon", async () => {
    await put("priv", "s.txt", "secret");
    const path = "/buckets/priv/objects/s.txt";
    assertEquals((await request("GET", path, undefined, { key: null })).status, 401);
    assertEquals((await request("GET", path, undefined, { key: backend.anonKey })).status, 404);
    const read = await request("GET", path);
    assertEquals([read.body, read.headers.get("cache-control")], ["secret", "private, no-store"]);
    const anon = await put("pub", "x", "x", undefined, { key: backend.anonKey });
    assertEquals([anon.status, anon.body.error], [403, "STORAGE_PERMISSION_DENIED"]);
  });

  it("says where an object is read, also as the SDK before 1.3 asks", async () => {
    await put("priv", "in/s.txt", "secret");
    const encoded = "/buckets/priv/objects/in%2Fs.txt/download-strategy";
    for (const path of [encoded, encoded.replace("%2F", "/")]) {
      const { body, headers } = await request("POST", path, { expiresIn: 3600 });
      assertEquals([body.method, headers.get("cache-control")], ["direct", "no-store"], path);
      assertEquals(await (await fetch(body.url)).text(), "secret");
      const bare = await request("POST", path);
      assertEquals([bare.status, new URL(bare.body.url).searchParams.has("token")], [200, false]);
    }
    const anon = await request("POST", encoded, {}, { key: backend.anonKey });
    assertEquals([anon.status, anon.body.error], [404, "STORAGE_NOT_FOUND"]);
    const asked = "/buckets/priv/download-strategy/objects/in%2Fs.txt?expiresIn=soon";
    for (
      const refused of [
        await request("POST", encoded, { expiresIn: "soon" }),
        await request("GET", asked),
      ]
    ) assertEquals([refused.status, refused.body.error], [400, "STORAGE_INVALID_PARAMETER"]);
  });

  it("lists by key, page by page", async () => {
    await request("POST", "/buckets", { bucketName: "many" });
    for (const key of ["b/2", "a", "b/1", "b/10", "B"]) await put("many", key, key);
    const list = async (query: string) =>
      (await request("GET", `/buckets/many/objects${query}`)).body;
    const keys = ({ data }: { data: { key: string }[] }) => data.map(({ key }) => key);
    assertEquals(keys(await list("")), ["B", "a", "b/1", "b/10", "b/2"]);
    const page = await list("?prefix=b/&limit=2&offset=1");
    assertEquals([keys(page), page.pagination], [["b/10", "b/2"], {
      offset: 1,
      limit: 2,
      total: 3,
    }]);
    assertEquals(keys(await list("?search=1")), ["b/1", "b/10"]);
    assertEquals((await request("GET", "/buckets/nope/objects")).body.data, []);
    const bulk = await request("DELETE", "/buckets/many/objects", { keys: ["a", "nope"] });
    assertEquals(bulk.body.results, [
      { key: "a", status: "deleted" },
      { key: "nope", status: "notFound" },
    ]);
  });

  it("stores what a browser could run as bytes", async () => {
    const type = async (content: string, claimed: string) =>
      (await put("pub", "t", content, claimed)).body.mimeType;
    assertEquals(
      await type("<html><script>1</script></html>", "text/html"),
      "application/octet-stream",
    );
    assertEquals(await type("<svg onload=x>", "text/plain"), "application/octet-stream");
    assertEquals(await type("a < b", "text/plain"), "text/plain");
    assertEquals(await type("%PDF-1.7", "text/plain"), "application/pdf");
    const unique = await request(
      "POST",
      "/buckets/pub/objects",
      form("x", "text/plain", "p q.txt"),
    );
    assertEquals(unique.status, 201);
    assertMatch(unique.body.key, /^p-q-\d+-[a-z0-9]{6}\.txt$/);
  });

  it("R42: refuses what is larger than the limit, and keeps nothing of it", async () => {
    storageConfigSchema.parse((await request("GET", "/config")).body);
    assertEquals((await request("PUT", "/config", { maxFileSizeMb: 1 })).body.maxFileSizeMb, 1);
    const before = await filesOf(backend.dataDir);
    const { status, body } = await put("pub", "large", "x".repeat(1024 ** 2 + 1));
    assertEquals([status, body.error], [413, "STORAGE_INVALID_PARAMETER"]);
    const strategy = { filename: "large", size: 2 * 1024 ** 2 };
    assertEquals((await request("POST", "/buckets/pub/upload-strategy", strategy)).status, 413);
    assertEquals(await filesOf(backend.dataDir), before);
    assertEquals((await put("pub", "fits", "x".repeat(1024 ** 2))).status, 200);
    assertEquals((await request("PUT", "/config", { maxFileSizeMb: 201 })).status, 400);
    await request("PUT", "/config", { maxFileSizeMb: 50 });
  });

  it("replaces an object with its file, and says what is missing", async () => {
    await put("pub", "twice", "one");
    const before = await filesOf(backend.dataDir);
    await put("pub", "twice", "two");
    assertEquals(await filesOf(backend.dataDir), before);
    assertEquals((await request("GET", "/buckets/pub/objects/twice")).body, "two");
    assertEquals((await request("DELETE", "/buckets/pub/objects/twice")).status, 200);
    assertEquals((await request("DELETE", "/buckets/pub/objects/twice")).status, 404);
    const lost = await put("nope", "k", "x");
    assertEquals([lost.status, lost.body.error], [400, "DATABASE_CONSTRAINT_VIOLATION"]);
    const strategy = await request("POST", "/buckets/nope/upload-strategy", { filename: "u" });
    assertEquals([strategy.status, strategy.body.error], [404, "STORAGE_NOT_FOUND"]);
    const empty = await request("PUT", "/buckets/pub/objects/k", new FormData());
    assertEquals(empty.body.error, "STORAGE_INVALID_PARAMETER");
  });

  it("collects what a crash left behind, and lists nothing of it", async () => {
    const other = await startBackend();
    await other.request("POST", "/api/storage/buckets", { bucketName: "b" });
    await other.request("PUT", "/api/storage/buckets/b/objects/kept", form("kept"));
    await other.close({ keep: true });
    const folder = `${other.dataDir}/storage/00`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/${crypto.randomUUID()}.partial`, "half");
    await Deno.writeTextFile(`${folder}/${crypto.randomUUID()}`, "orphan");
    const again = await startBackend({ dataDir: other.dataDir });
    await eventually(async () => await filesOf(other.dataDir) === 1);
    const { body } = await again.request("GET", "/api/storage/buckets/b/objects");
    assertEquals(body.data.length, 1);
    assertEquals((await again.request("GET", "/api/storage/buckets/b/objects/kept")).body, "kept");
    await again.close();
  });

  it("forgets an upload whose connection breaks", async () => {
    const before = await filesOf(backend.dataDir);
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: backend.port });
    const head = `PUT /api/storage/buckets/pub/objects/broken HTTP/1.1\r\nhost: 127.0.0.1\r\n` +
      `authorization: Bearer ${backend.apiKey}\r\ncontent-type: multipart/form-data; boundary=b\r\n` +
      `content-length: 100000\r\n\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head + "x".repeat(5000)));
    await eventually(async () => await filesOf(backend.dataDir) === before + 1);
    connection.close();
    await eventually(async () => await filesOf(backend.dataDir) === before);
    assertEquals((await request("GET", "/buckets/pub/objects/broken")).status, 404);
  });

  it("serves the official SDK", async () => {
    const client = createClient({ baseUrl: backend.url, anonKey: backend.apiKey });
    const bucket = client.storage.from("pub");
    const content = new Blob(["from the SDK"], { type: "text/plain" });
    const { data, error } = await bucket.upload("sdk/file.txt", content);
    assertEquals([error, data?.key], [null, "sdk/file.txt"]);
    const downloaded = await bucket.download("sdk/file.txt");
    assertEquals(await downloaded.data?.text(), "from the SDK");
    const listed = await bucket.list({ prefix: "sdk/" });
    assertEquals(listed.error, null);
    assert(!(await bucket.remove("sdk/file.txt")).error);
  });
});
