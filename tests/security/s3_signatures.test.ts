import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { walk } from "@std/fs/walk";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { isWanted } from "../../src/server/storage/s3/conditions.ts";
import { insides } from "../../src/server/storage/s3/xml.ts";
import { eventually } from "../support/eventually.ts";
import { filesOf, s3Client, type S3Key, s3Key } from "../support/s3.ts";

const Bucket = "private";

/** A request as the official client signed it, not sent yet. */
interface Signed {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

// The client keeps sockets of Node's a moment longer than it is asked to.
describe({ name: "the signatures of S3 requests", sanitizeResources: false }, () => {
  let backend: TestBackend;
  let key: S3Key;
  let client: S3Client;

  beforeAll(async () => {
    backend = await startBackend();
    key = await s3Key(backend);
    client = await s3Client(backend, key);
    await client.send(new CreateBucketCommand({ Bucket }));
    await client.send(new PutObjectCommand({ Bucket, Key: "secret", Body: "the secret" }));
  });
  afterAll(async () => {
    client.destroy();
    await backend.close();
  });

  /** The name of the error that listing the buckets ends in, with other settings. */
  async function refusal(settings: Record<string, unknown>): Promise<string> {
    const other = new S3Client({
      endpoint: `${backend.url}/storage/v1/s3`,
      region: "us-east-2",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: key,
      ...settings,
    });
    try {
      const error = await assertRejects(() => other.send(new ListBucketsCommand({}))) as Error;
      return error.name;
    } finally {
      other.destroy();
    }
  }

  /** What the client would send for an upload. */
  async function signedUpload(settings: Record<string, unknown> = {}): Promise<Signed> {
    const captured = Promise.withResolvers<Signed>();
    const capturing = new S3Client({
      endpoint: `${backend.url}/storage/v1/s3`,
      region: "us-east-2",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: key,
      requestHandler: {
        handle: (request: Signed) => {
          captured.resolve(request);
          return Promise.reject(new Error("not sent"));
        },
      },
      ...settings,
    });
    const upload = new PutObjectCommand({ Bucket, Key: "new", Body: "the content" });
    await assertRejects(() => capturing.send(upload));
    capturing.destroy();
    const { method, path, query, headers } = await captured.promise;
    return { method, path, query, headers, body: new TextEncoder().encode("the content") };
  }

  async function codeOf({ method, path, query, headers, body }: Signed): Promise<string> {
    const { host: _, "content-length": __, ...rest } = headers;
    const address = `${backend.url}${path}?${new URLSearchParams(query)}`;
    const answer = await fetch(address, { method, headers: rest, body });
    const text = await answer.text();
    return /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? String(answer.status);
  }

  it("refuses wrong keys, regions and clocks", async () => {
    const { body: gone } = await backend.request("POST", "/api/storage/s3/access-keys", {});
    await backend.request("DELETE", `/api/storage/s3/access-keys/${gone.id}`);
    const cases: [Record<string, unknown>, string][] = [
      [{ credentials: { ...key, secretAccessKey: "x".repeat(40) } }, "SignatureDoesNotMatch"],
      [{ credentials: { ...key, secretAccessKey: "" } }, "SignatureDoesNotMatch"],
      [{ credentials: { ...key, accessKeyId: "INSFAAAAAAAAAAAAAAAA" } }, "InvalidAccessKeyId"],
      [{ credentials: gone }, "InvalidAccessKeyId"],
      [{ region: "eu-west-1" }, "AuthorizationHeaderMalformed"],
      [{ systemClockOffset: 16 * 60_000 }, "RequestTimeTooSkewed"],
      [{ systemClockOffset: -16 * 60_000 }, "RequestTimeTooSkewed"],
    ];
    for (const [settings, code] of cases) {
      assertEquals(await refusal(settings), code, JSON.stringify(settings));
    }
  });

  it("refuses whoever has no key of S3", async () => {
    for (const credential of [null, backend.apiKey, backend.anonKey, "AWS4-HMAC-SHA256"]) {
      for (const path of ["", `/${Bucket}`, `/${Bucket}/secret`]) {
        const { status, body } = await backend.request(
          "GET",
          `/storage/v1/s3${path}`,
          undefined,
          { key: credential },
        );
        assertEquals([status, body.includes("the secret")], [400, false]);
      }
    }
  });

  it("refuses a signed upload with another content, header, address or method", async () => {
    const upload = await signedUpload();
    const { headers, body, path, query } = upload;
    const before = await filesOf(backend.dataDir);
    const changed: [Partial<Signed>, RegExp][] = [
      [{ body: new TextEncoder().encode("an0ther one") }, /Digest|SHA256|Signature/],
      [{ path: path.replace("/new", "/other") }, /SignatureDoesNotMatch/],
      [{ query: { ...query, tagging: "" } }, /SignatureDoesNotMatch/],
      [{ method: "DELETE", body: undefined }, /SignatureDoesNotMatch/],
      [{ headers: { ...headers, "x-amz-meta-owner": "mallory" } }, /AccessDenied/],
      [{ headers: { ...headers, "x-amz-copy-source": `/${Bucket}/secret` } }, /AccessDenied/],
      [{ headers: { ...headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }, /Signature/],
      [{ headers: { ...headers, "x-amz-date": "20260101T000000Z" } }, /RequestTime|Malformed/],
      [{ headers: { ...headers, authorization: headers.authorization!.slice(0, -1) } }, /Sig/],
      [
        {
          headers: {
            ...headers,
            authorization: headers.authorization!.replace(/SignedHeaders=[^,]+/, "SignedHeaders="),
          },
        },
        /Malformed/,
      ],
    ];
    for (const [change, code] of changed) {
      assertMatch(await codeOf({ ...upload, ...change }), code, JSON.stringify(change));
    }
    assertEquals(await filesOf(backend.dataDir), before);
    assertEquals(await codeOf({ ...upload, body }), "200");
  });

  it("refuses another content of the same length where the signature alone tells of it", async () => {
    const upload = await signedUpload({ requestChecksumCalculation: "WHEN_REQUIRED" });
    const before = await filesOf(backend.dataDir);
    const body = new TextEncoder().encode("the c0ntent");
    assertEquals(await codeOf({ ...upload, body }), "XAmzContentSHA256Mismatch");
    assertEquals(await filesOf(backend.dataDir), before);
  });

  it("lets a presigned address do what it was made for, until it ends", async () => {
    const statusOf = async (url: string, init: RequestInit = {}) => {
      const answer = await fetch(url, init);
      await answer.body?.cancel();
      return answer.status;
    };
    const get = new GetObjectCommand({ Bucket, Key: "secret" });
    const signedAt = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    const expired = { expiresIn: 60, signingDate: signedAt(-2) };
    assertEquals(await statusOf(await getSignedUrl(client, get, expired)), 403);
    assertEquals(
      await statusOf(await getSignedUrl(client, get, { signingDate: signedAt(20) })),
      403,
    );
    const url = await getSignedUrl(client, get, { expiresIn: 60 });
    assertEquals(await statusOf(url), 200);
    const altered = [
      url.replace("X-Amz-Expires=60", "X-Amz-Expires=604800"),
      url.replace("/secret?", "/other?"),
      url.replace(`/${Bucket}/`, "/public/"),
      `${url}&response-content-type=text/html`,
      `${url}&X-Amz-Expires=604800`,
      url.replace(/X-Amz-Signature=\w{4}/, "X-Amz-Signature=0000"),
      url.replace(/&X-Amz-Signature=\w+/, ""),
    ];
    for (const address of altered) assert([400, 403].includes(await statusOf(address)), address);
    for (const method of ["PUT", "DELETE", "POST"]) {
      assertEquals(await statusOf(url, { method }), 403);
    }
    const upload = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: "drop" }));
    const theft = { "x-amz-copy-source": `/${Bucket}/secret` };
    assertEquals(await statusOf(upload, { method: "PUT", headers: theft }), 403);
  });

  it("answers what no header can hold with a refusal, and has no type guessed", async () => {
    const get = new GetObjectCommand({ Bucket, Key: "secret" });
    const answer = await fetch(await getSignedUrl(client, get));
    assertEquals([await answer.text(), answer.headers.get("x-content-type-options")], [
      "the secret",
      "nosniff",
    ]);
    for (const name of ["a\r\nset-cookie: a=b", "Łódź", "a\0b"]) {
      const ResponseContentDisposition = `attachment; filename="${name}"`;
      const asked = new GetObjectCommand({ Bucket, Key: "secret", ResponseContentDisposition });
      const refused = await fetch(await getSignedUrl(client, asked));
      assertEquals(refused.status, 400, await refused.text());
      assertEquals(refused.headers.get("set-cookie"), null);
    }
  });

  it("has one of two writers lose that want the object not to be there", async () => {
    const conditional = new PutObjectCommand({ Bucket, Key: "lock", IfNoneMatch: "*" });
    const address = await getSignedUrl(client, conditional);
    const put = (body: BodyInit) =>
      fetch(address, { method: "PUT", body, headers: { "if-none-match": "*" } });
    const end = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slow = put(ReadableStream.from((async function* () {
      yield new TextEncoder().encode("slow");
      begun.resolve();
      await end.promise;
    })()));
    await begun.promise;
    const folder = `${backend.dataDir}/storage`;
    // What it has sent is being kept: its conditions were looked at.
    const isBegun = async () => {
      const names = await Array.fromAsync(walk(folder, { includeDirs: false }));
      return names.some(({ name }) => name.endsWith(".insforge-new"));
    };
    await eventually(isBegun);
    const quick = await put("quick");
    assertEquals([quick.status, await quick.text()], [200, ""]);
    end.resolve();
    const late = await slow;
    assertEquals([late.status, /<Code>(\w+)/.exec(await late.text())?.[1]], [
      412,
      "PreconditionFailed",
    ]);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "lock" }));
    assertEquals(await Body!.transformToString(), "quick");
    assert(!await isBegun());
  });

  it("takes no longer for documents that are made to be hard to read", () => {
    const size = 1024 ** 2;
    for (const part of ["<Part>", "<Part ", "<a:Part", "</Part", "<Part>&#", "<Part></Part "]) {
      const start = performance.now();
      assertEquals(insides(part.repeat(size / part.length), "Part"), []);
      const took = performance.now() - start;
      assert(took < 5000, `${part}: ${took} ms`);
    }
    const start = performance.now();
    const list = `"a"${" ".repeat(60_000)}"b"`;
    const object = { etag: "c", uploadedAt: "2026-01-01T00:00:00Z" };
    assertEquals(isWanted(new Headers({ "if-none-match": list }), object), true);
    assert(performance.now() - start < 1000, `${performance.now() - start} ms`);
    const ordinary = '<P><Part/><Part a="b"><N>1</N></Part ><x:Part>2</x:Part></P>';
    assertEquals(insides(ordinary, "Part"), ["<N>1</N>", "2"]);
  });

  it("takes no key for a path", async () => {
    const before = await filesOf(backend.dataDir);
    for (const Key of ["../keys.json", "../../keys.json", "a/../../keys.json", "a/..", ".."]) {
      for (
        const command of [
          () => client.send(new PutObjectCommand({ Bucket, Key, Body: "x" })),
          () => client.send(new GetObjectCommand({ Bucket, Key })),
        ]
      ) {
        const error = await assertRejects(command, Error, undefined, Key) as Error & {
          $metadata: { httpStatusCode: number };
        };
        assert([400, 403, 404].includes(error.$metadata.httpStatusCode), `${Key}: ${error}`);
      }
    }
    const [Objects, TagSet] = [[{ Key: "a\0b" }], [{ Key: "a\0b", Value: "" }]];
    for (
      const command of [
        () => client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } })),
        () => client.send(new CopyObjectCommand({ Bucket, Key: "x", CopySource: `${Bucket}/%00` })),
        () =>
          client.send(new PutObjectTaggingCommand({ Bucket, Key: "secret", Tagging: { TagSet } })),
        () => client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: btoa("\0") })),
      ]
    ) {
      assertEquals((await assertRejects(command) as Error).name, "InvalidArgument");
    }
    for (const bucket of ["..", "%2e%2e", "private/../storage"]) {
      await assertRejects(() => client.send(new ListObjectsV2Command({ Bucket: bucket })));
    }
    assertEquals(await filesOf(backend.dataDir), before);
  });

  it("keeps secrets out of logs, and encrypted in the database", async () => {
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "secret" }));
    await (await fetch(url)).body?.cancel();
    const rows = await backend.sql("SELECT * FROM storage.s3_access_keys", { unrestricted: true });
    assert(!JSON.stringify(rows).includes(key.secretAccessKey));
    const list = await backend.request("GET", "/api/storage/s3/access-keys");
    assert(!JSON.stringify(list.body).includes(key.secretAccessKey));
    assertMatch(list.body[0].lastUsedAt ?? list.body.at(-1).lastUsedAt, /^\d{4}-/);
    const signature = /X-Amz-Signature=(\w+)/.exec(url)![1]!;
    for await (const { path } of walk(`${backend.dataDir}/logs`, { includeDirs: false })) {
      const text = await Deno.readTextFile(path);
      assert(!text.includes(signature) && !text.includes(key.secretAccessKey), path);
    }
  });
});
