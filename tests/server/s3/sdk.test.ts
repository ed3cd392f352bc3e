import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketCorsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { filesOf, s3Client } from "../../support/s3.ts";

let backend: TestBackend;
let client: S3Client;

const Bucket = "files";
const MIB = 1024 ** 2;
const put = (Key: string, Body: string | Uint8Array = Key, more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more = {}) => {
  const { Body, ...answer } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, bytes: await Body!.transformToByteArray() };
};
const textOf = async (key: string, more = {}) =>
  new TextDecoder().decode((await get(key, more)).bytes);
/** The name and status of the error that a command ends in. */
const failure = async (command: Promise<unknown>) => {
  const error = await assertRejects(() => command) as Error & {
    $metadata: { httpStatusCode: number };
  };
  return [error.name, error.$metadata?.httpStatusCode];
};

// The client keeps sockets of Node's a moment longer than it is asked to.
describe(
  { name: "the S3 protocol, as the official SDK speaks it", sanitizeResources: false },
  () => {
    beforeAll(async () => {
      backend = await startBackend();
      client = await s3Client(backend);
      await client.send(new CreateBucketCommand({ Bucket }));
    });
    afterAll(async () => {
      client.destroy();
      await backend.close();
    });

    it("makes, finds and removes buckets", async () => {
      const bucket = { Bucket: "other_One" };
      await client.send(new CreateBucketCommand(bucket));
      assertEquals(
        await failure(client.send(new CreateBucketCommand(bucket))),
        ["BucketAlreadyOwnedByYou", 409],
      );
      const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
      assertEquals(Buckets.map(({ Name }) => Name), ["files", "other_One"]);
      assert(Buckets[0]!.CreationDate instanceof Date);
      await client.send(new HeadBucketCommand(bucket));
      const { LocationConstraint } = await client.send(new GetBucketLocationCommand(bucket));
      assertEquals(LocationConstraint, "us-east-2");
      await client.send(new PutObjectCommand({ ...bucket, Key: "a", Body: "a" }));
      assertEquals(
        await failure(client.send(new DeleteBucketCommand(bucket))),
        ["BucketNotEmpty", 409],
      );
      await client.send(new DeleteObjectCommand({ ...bucket, Key: "a" }));
      await client.send(new DeleteBucketCommand(bucket));
      assertEquals(await failure(client.send(new HeadBucketCommand(bucket))), ["NotFound", 404]);
      assertEquals(
        await failure(client.send(new PutObjectCommand({ ...bucket, Key: "a", Body: "a" }))),
        ["NoSuchBucket", 404],
      );
    });

    it("keeps what tools set for a bucket", async () => {
      const bucket = { Bucket };
      assertEquals(
        await failure(client.send(new GetBucketCorsCommand(bucket))),
        ["NoSuchCORSConfiguration", 404],
      );
      const CORSRules = [{
        AllowedMethods: ["GET", "PUT"],
        AllowedOrigins: ["https://a.example.com"],
        MaxAgeSeconds: 60,
      }];
      const CORSConfiguration = { CORSRules };
      await client.send(new PutBucketCorsCommand({ ...bucket, CORSConfiguration }));
      const kept = await client.send(new GetBucketCorsCommand(bucket));
      assertEquals(kept.CORSRules, CORSRules);
      await client.send(new DeleteBucketCorsCommand(bucket));
      assertEquals((await failure(client.send(new GetBucketCorsCommand(bucket))))[1], 404);
      const status = async () => (await client.send(new GetBucketVersioningCommand(bucket))).Status;
      assertEquals(await status(), undefined);
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await client.send(new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration }));
      assertEquals(await status(), "Enabled");
    });

    it("keeps objects with their type, metadata and tags", async () => {
      const { ETag } = await put("a b/ü#1?+.txt", "hello", {
        ContentType: "text/html",
        CacheControl: "max-age=5",
        ContentDisposition: "inline",
        Metadata: { author: "ada", empty: "" },
        Tagging: "kind=note&of=me",
      });
      assertEquals(ETag, '"5d41402abc4b2a76b9719d911017c592"');
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: "a b/ü#1?+.txt" }));
      assertEquals(head.ContentLength, 5);
      assertEquals(head.ContentType, "text/html");
      assertEquals(head.CacheControl, "max-age=5");
      assertEquals(head.ContentDisposition, "inline");
      assertEquals(head.Metadata, { author: "ada", empty: "" });
      assert(head.LastModified instanceof Date);
      assertEquals(await textOf("a b/ü#1?+.txt"), "hello");
      const key = { Bucket, Key: "a b/ü#1?+.txt" };
      const { TagSet } = await client.send(new GetObjectTaggingCommand(key));
      assertEquals(TagSet, [{ Key: "kind", Value: "note" }, { Key: "of", Value: "me" }]);
      const Tagging = { TagSet: [{ Key: "x", Value: "<&>" }] };
      await client.send(new PutObjectTaggingCommand({ ...key, Tagging }));
      assertEquals(
        (await client.send(new GetObjectTaggingCommand(key))).TagSet,
        Tagging.TagSet,
      );
      await client.send(new DeleteObjectTaggingCommand(key));
      assertEquals((await client.send(new GetObjectTaggingCommand(key))).TagSet, []);
      assertEquals(await failure(get("nothing")), ["NoSuchKey", 404]);
      assertEquals(
        await failure(put("m", "m", { Metadata: { long: "x".repeat(2100) } })),
        ["MetadataTooLarge", 400],
      );
    });

    it("answers parts, conditions and headers that are asked for", async () => {
      const { ETag } = await put("digits", "0123456789");
      const part = await get("digits", { Range: "bytes=2-4" });
      assertEquals([part.ContentRange, part.bytes.length], ["bytes 2-4/10", 3]);
      assertEquals(await textOf("digits", { Range: "bytes=2-4" }), "234");
      assertEquals(await textOf("digits", { Range: "bytes=-3" }), "789");
      assertEquals(await failure(get("digits", { Range: "bytes=20-" })), ["InvalidRange", 416]);
      assertEquals(
        await failure(get("digits", { IfMatch: '"other"' })),
        ["PreconditionFailed", 412],
      );
      assertEquals((await failure(get("digits", { IfNoneMatch: ETag })))[1], 304);
      const later = new Date(Date.now() + 60_000);
      assertEquals((await failure(get("digits", { IfModifiedSince: later })))[1], 304);
      const earlier = new Date(0);
      assertEquals((await failure(get("digits", { IfUnmodifiedSince: earlier })))[1], 412);
      const { ContentType } = await get("digits", { ResponseContentType: "text/x-digits" });
      assertEquals(ContentType, "text/x-digits");
      assertEquals(
        await failure(put("digits", "new", { IfNoneMatch: "*" })),
        ["PreconditionFailed", 412],
      );
      await put("digits", "0123456789", { IfMatch: ETag });
      assertEquals(await failure(put("no-digits", "x", { IfMatch: ETag })), ["NoSuchKey", 404]);
    });

    it("verifies every checksum, of bodies and of streams, and gives it back", async () => {
      for (const algorithm of Object.values(ChecksumAlgorithm)) {
        if (!["CRC32", "CRC32C", "SHA1", "SHA256"].includes(algorithm)) continue;
        await put(`sum-${algorithm}`, "123456789", { ChecksumAlgorithm: algorithm });
        const answer = await get(`sum-${algorithm}`, { ChecksumMode: "ENABLED" });
        const name = `Checksum${algorithm}` as "ChecksumCRC32";
        assertMatch(answer[name] ?? "", /=$/, algorithm);
      }
      // The values that the algorithms are defined to have for these digits.
      await put("crc32c", "123456789", { ChecksumCRC32C: "4waSgw==" });
      await put("crc64", "123456789", { ChecksumCRC64NVME: "rosUhgp5mIg=" });
      const before = await filesOf(backend.dataDir);
      for (
        const wrong of [
          { ChecksumCRC32: "AAAAAA==" },
          { ChecksumCRC32C: "AAAAAA==" },
          { ChecksumCRC64NVME: "AAAAAAAAAAA=" },
          { ChecksumSHA256: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
          { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" },
        ]
      ) {
        assertEquals(await failure(put("wrong", "123456789", wrong)), ["BadDigest", 400]);
      }
      assertEquals(await filesOf(backend.dataDir), before);
    });

    it("takes streams in chunks, with the checksum behind them", async () => {
      const block = new Uint8Array(100_000).map((_, index) => index % 251);
      const Body = Readable.from((function* () {
        for (let n = 0; n < 30; n++) yield block;
      })());
      const length = block.length * 30;
      await client.send(
        new PutObjectCommand({ Bucket, Key: "stream", Body, ContentLength: length }),
      );
      const { bytes, ContentLength, ContentEncoding } = await get("stream");
      assertEquals([ContentLength, ContentEncoding], [length, undefined]);
      assertEquals([bytes.length, bytes[length - 1]], [length, block.at(-1)]);
    });

    it("joins uploads in parts, which a restart does not end", async () => {
      const upload = { Bucket, Key: "large/file" };
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({
          ...upload,
          ContentType: "video/x",
          Metadata: { a: "b" },
        }),
      );
      const parts = [new Uint8Array(5 * MIB).fill(1), new Uint8Array(6 * MIB).fill(2)];
      const etags: string[] = [];
      for (const [index, Body] of parts.entries()) {
        const part = { ...upload, UploadId, PartNumber: index + 1, Body };
        etags.push((await client.send(new UploadPartCommand(part))).ETag!);
      }
      await backend.close({ keep: true });
      const again = await startBackend({ dataDir: backend.dataDir });
      backend = again;
      client.destroy();
      client = await s3Client(again);
      const copied = await client.send(
        new UploadPartCopyCommand({
          ...{ ...upload, UploadId, PartNumber: 3, CopySource: `${Bucket}/digits` },
          CopySourceRange: "bytes=0-3",
        }),
      );
      etags.push(copied.CopyPartResult!.ETag!);
      const { Parts = [], IsTruncated } = await client.send(
        new ListPartsCommand({ ...upload, UploadId, MaxParts: 2 }),
      );
      assertEquals(Parts.map(({ Size }) => Size), [5 * MIB, 6 * MIB]);
      assertEquals(IsTruncated, true);
      const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      assertEquals(Uploads?.map(({ Key }) => Key), ["large/file"]);
      const complete = (numbers: number[]) =>
        client.send(
          new CompleteMultipartUploadCommand({
            ...{ ...upload, UploadId },
            MultipartUpload: {
              Parts: numbers.map((PartNumber) => ({ PartNumber, ETag: etags[PartNumber - 1] })),
            },
          }),
        );
      assertEquals(await failure(complete([2, 1])), ["InvalidPartOrder", 400]);
      assertEquals(await failure(complete([1, 4])), ["InvalidPart", 400]);
      assertEquals(await failure(complete([3, 4])), ["EntityTooSmall", 400]);
      assertMatch((await complete([1, 2, 3])).ETag!, /^"[0-9a-f]{32}-3"$/);
      const whole = await get("large/file");
      assertEquals([whole.ContentType, whole.Metadata], ["video/x", { a: "b" }]);
      const { bytes } = whole;
      assertEquals([bytes.length, bytes[5 * MIB - 1], bytes[5 * MIB]], [11 * MIB + 4, 1, 2]);
      assertEquals((await failure(complete([1, 2])))[0], "NoSuchUpload");
      const before = await filesOf(backend.dataDir);
      const other = await client.send(new CreateMultipartUploadCommand(upload));
      const abandoned = { ...upload, UploadId: other.UploadId };
      await client.send(new UploadPartCommand({ ...abandoned, PartNumber: 1, Body: "x" }));
      await client.send(new AbortMultipartUploadCommand(abandoned));
      assertEquals(await filesOf(backend.dataDir), before);
    });

    it("copies objects, with their metadata or with others", async () => {
      await put("from here.txt", "copied", { Metadata: { a: "1" }, ContentType: "text/x-a" });
      const CopySource = `${Bucket}/from%20here.txt`;
      await client.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
      const same = await get("to");
      assertEquals([same.Metadata, same.ContentType], [{ a: "1" }, "text/x-a"]);
      assertEquals(await textOf("to"), "copied");
      await client.send(
        new CopyObjectCommand({
          ...{ Bucket, Key: "to", CopySource, MetadataDirective: "REPLACE" },
          Metadata: { b: "2" },
        }),
      );
      assertEquals((await get("to")).Metadata, { b: "2" });
      const missing = { Bucket, Key: "to", CopySource: `${Bucket}/nothing` };
      assertEquals(await failure(client.send(new CopyObjectCommand(missing))), ["NoSuchKey", 404]);
    });

    it("lists by prefix and folder, page by page, in both versions", async () => {
      const bucket = { Bucket: "many" };
      await client.send(new CreateBucketCommand(bucket));
      const keys = ["a", "b/1", "b/2", "b/c/1", "b0", "c/1", "c/\u0001", "d", "é", "😀"];
      for (const Key of keys) {
        await client.send(new PutObjectCommand({ ...bucket, Key, Body: Key }));
      }
      const pages = async (MaxKeys: number, more = {}) => {
        const found: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await client.send(
            new ListObjectsV2Command({ ...bucket, MaxKeys, ContinuationToken, ...more }),
          );
          const names = [
            ...(page.Contents ?? []).map(({ Key }) => Key!),
            ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
          ].sort();
          assertEquals(page.KeyCount, names.length);
          assert(names.length <= MaxKeys);
          found.push(...names);
          ContinuationToken = page.NextContinuationToken;
          assertEquals(page.IsTruncated, ContinuationToken !== undefined);
        } while (ContinuationToken);
        return found;
      };
      const folders = ["a", "b/", "b0", "c/", "d", "é", "😀"];
      for (const size of [1, 2, 3, 1000]) {
        assertEquals((await pages(size, { EncodingType: "url" })).length, keys.length);
        assertEquals(await pages(size, { Delimiter: "/" }), folders, String(size));
        assertEquals(await pages(size, { Delimiter: "/", Prefix: "b/" }), ["b/1", "b/2", "b/c/"]);
      }
      assertEquals(await pages(10, { StartAfter: "c/1" }), ["d", "é", "😀"]);
      const first = await client.send(
        new ListObjectsCommand({ ...bucket, MaxKeys: 2, Delimiter: "/" }),
      );
      assertEquals([first.NextMarker, first.IsTruncated], ["b/", true]);
      const second = await client.send(
        new ListObjectsCommand({ ...bucket, Delimiter: "/", Marker: first.NextMarker }),
      );
      assertEquals(second.Contents?.map(({ Key }) => Key), ["b0", "d", "é", "😀"]);
      const { Versions } = await client.send(
        new ListObjectVersionsCommand({ ...bucket, Prefix: "b/" }),
      );
      assertEquals(Versions?.map(({ Key }) => Key), ["b/1", "b/2", "b/c/1"]);
      assertEquals(
        await failure(
          client.send(new ListObjectsV2Command({ ...bucket, ContinuationToken: "?" })),
        ),
        ["InvalidArgument", 400],
      );
      const Objects = keys.map((Key) => ({ Key }));
      const { Deleted } = await client.send(
        new DeleteObjectsCommand({
          ...bucket,
          Delete: { Objects: [...Objects, { Key: "no & no" }] },
        }),
      );
      assertEquals(Deleted?.length, keys.length + 1);
      await client.send(new DeleteBucketCommand(bucket));
    });

    it("presigns reading and writing", async () => {
      const key = { Bucket, Key: "presigned ü" };
      const upload = await getSignedUrl(client, new PutObjectCommand(key), { expiresIn: 60 });
      const sent = await fetch(upload, { method: "PUT", body: "by an address" });
      assertEquals([sent.status, await sent.text()], [200, ""]);
      const download = await getSignedUrl(
        client,
        new GetObjectCommand({ ...key, ResponseContentDisposition: 'attachment; filename="x"' }),
      );
      const read = await fetch(download);
      assertEquals(await read.text(), "by an address");
      assertEquals(read.headers.get("content-disposition"), 'attachment; filename="x"');
    });

    it("has the objects of the storage API, and they are its own", async () => {
      const path = `/api/storage/buckets/${Bucket}/objects`;
      await put("shared/by s3", "one", { ContentType: "text/html" });
      const read = await backend.request("GET", `${path}/shared%2Fby%20s3`);
      assertEquals([read.status, read.body], [200, "one"]);
      assertEquals(read.headers.get("content-disposition"), "attachment");
      const form = new FormData();
      form.append("file", new File(["two"], "x.txt", { type: "text/plain" }));
      await backend.request("PUT", `${path}/shared%2Fby%20rest`, form);
      assertEquals(await textOf("shared/by rest"), "two");
      const { body } = await backend.request("GET", `${path}?prefix=shared/`);
      const rows = body.data.map((row: Record<string, unknown>) => [
        row.key,
        row.uploaded_via,
        String(row.s3_access_key_id).slice(0, 4),
      ]);
      assertEquals(rows, [["shared/by rest", "rest", "null"], ["shared/by s3", "s3", "INSF"]]);
    });

    it("names what it does not know", async () => {
      const answer = await backend.request("GET", "/storage/v1/s3/files", undefined, { key: null });
      assertEquals(answer.status, 400);
      assertMatch(answer.body, /<Code>AuthorizationHeaderMalformed<\/Code>/);
      const acl = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "digits" }));
      const refused = await fetch(acl.replace("?", "?acl=&"));
      assertEquals(refused.status, 403);
      await refused.body?.cancel();
    });
  },
);
