import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { findPostgres } from "../../src/shared/postgres/programs.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { postgresAt } from "../support/postgres.ts";
import { s3Client, s3Key } from "../support/s3.ts";

const OWN = `ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON storage.objects TO authenticated
    USING (uploaded_by = auth.jwt() ->> 'sub') WITH CHECK (uploaded_by = auth.jwt() ->> 'sub');`;

describe({
  name: "two servers over one PostgreSQL and one S3 store",
  ignore: !postgresAt(),
  // The client keeps sockets of Node's a moment longer than it is asked to.
  sanitizeResources: false,
  fn() {
    let store: TestBackend;
    let client: S3Client;
    let first: TestBackend;
    let second: TestBackend;
    let ada: string;
    let bob: string;

    beforeAll(async () => {
      store = await startBackend({ engine: { kind: "pglite" } });
      const key = await s3Key(store);
      client = await s3Client(store, key);
      await client.send(new CreateBucketCommand({ Bucket: "shared" }));
      const objects = {
        url: `s3://shared?endpoint=${store.url}/storage/v1/s3&region=us-east-2`,
        ...key,
      };
      const programs = findPostgres({ env: (name) => Deno.env.get(name) });
      first = await startBackend({
        engine: { kind: "postgres", programs },
        postgresPorts: [0],
        objects,
      });
      const { user, password, host, port, database } = first.database.engine.address!;
      const url = `postgres://${user}:${password}@${host}:${port}/${database}`;
      const dataDir = await Deno.makeTempDir({ prefix: "insforge-test-" });
      await Deno.copyFile(`${first.dataDir}/keys.json`, `${dataDir}/keys.json`);
      second = await startBackend({ dataDir, engine: { url }, objects });
      ada = await signUp(first, "ada@example.com");
      bob = await signUp(second, "bob@example.com");
      const bucket = { bucketName: "files", isPublic: false };
      await first.request("POST", "/api/storage/buckets", bucket);
      await first.sql(OWN);
    });
    afterAll(async () => {
      client.destroy();
      await second?.close();
      await first?.close();
      await store.close();
    });

    async function signUp({ request }: TestBackend, email: string): Promise<string> {
      const { body } = await request("POST", "/api/auth/users", {
        email,
        password: "correct horse",
      });
      return body.accessToken;
    }
    const ask = (server: TestBackend, method: string, name: string, key: string, body?: unknown) =>
      server.request(method, `/api/storage/buckets/files/objects${name}`, body, { key });
    const put = (server: TestBackend, name: string, key: string, content: string) => {
      const form = new FormData();
      form.append("file", new File([content], "x.txt", { type: "text/plain" }));
      return ask(server, "PUT", `/${name}`, key, form);
    };
    const contentOf = async (server: TestBackend, name: string) => {
      const { status, body } = await ask(server, "GET", `/${name}`, ada);
      return status === 200 ? body : status;
    };
    /** How many contents the store has. */
    async function kept(): Promise<number> {
      const { KeyCount } = await client.send(new ListObjectsV2Command({ Bucket: "shared" }));
      return KeyCount!;
    }

    it("read at once on one what was written on the other, replaced or removed", async () => {
      assertEquals((await put(first, "a.txt", ada, "one")).status, 200);
      assertEquals(await contentOf(second, "a.txt"), "one");
      assertEquals((await put(second, "a.txt", ada, "two")).status, 200);
      assertEquals(await contentOf(first, "a.txt"), "two");
      assertEquals(await kept(), 1);
      assertEquals((await ask(second, "DELETE", "/a.txt", ada)).status, 200);
      assertEquals(await contentOf(first, "a.txt"), 404);
      assertEquals(await kept(), 0);
    });

    it("follow the same policies, for users that either of them signed up", async () => {
      await put(first, "mine.txt", ada, "of ada");
      for (const server of [first, second]) {
        assertEquals((await ask(server, "GET", "/mine.txt", bob)).status, 404);
        assertEquals((await ask(server, "DELETE", "/mine.txt", bob)).status, 404);
        assertEquals((await put(server, "mine.txt", bob, "stolen")).status, 403);
        assertEquals((await ask(server, "GET", "", bob)).body.data, []);
        assertEquals(await contentOf(server, "mine.txt"), "of ada");
      }
      assertEquals(await kept(), 1);
      await ask(first, "DELETE", "/mine.txt", ada);
    });

    it("keep one content of an object that both write at once", async () => {
      const writes = Array.from(
        { length: 10 },
        (_, n) => put(n % 2 === 0 ? first : second, "both.txt", ada, `write ${n}`),
      );
      assert((await Promise.all(writes)).every(({ status }) => status === 200));
      const content = await contentOf(first, "both.txt");
      assert(/^write \d$/.test(content), content);
      assertEquals(await contentOf(second, "both.txt"), content);
      assertEquals(await kept(), 1);
      await ask(second, "DELETE", "/both.txt", ada);
    });

    it("open the signed addresses of each other", async () => {
      await put(first, "signed.txt", ada, "signed");
      const path = "/api/storage/buckets/files/download-strategy/objects/signed.txt?expiresIn=60";
      const { body } = await first.request("GET", path, undefined, { key: ada });
      const { pathname, search } = new URL(body.url, first.url);
      const answer = await second.request("GET", pathname + search, undefined, { key: null });
      assertEquals([answer.status, answer.body], [200, "signed"]);
      await ask(second, "DELETE", "/signed.txt", ada);
    });

    it("join an upload whose parts came to both", async () => {
      const [one, other] = [await s3Client(first), await s3Client(second)];
      try {
        const target = { Bucket: "files", Key: "joined" };
        const { UploadId } = await one.send(new CreateMultipartUploadCommand(target));
        const part = async (client: S3Client, PartNumber: number, Body: Uint8Array) => {
          const sent = { ...target, UploadId, PartNumber, Body };
          return { PartNumber, ETag: (await client.send(new UploadPartCommand(sent))).ETag };
        };
        const Parts = [
          await part(one, 1, new Uint8Array(5 * 1024 ** 2).fill(1)),
          await part(other, 2, new Uint8Array(10).fill(2)),
        ];
        const end = { ...target, UploadId, MultipartUpload: { Parts } };
        await other.send(new CompleteMultipartUploadCommand(end));
        const path = "/api/storage/buckets/files/objects/joined";
        const headers = { range: "bytes=5242878-5242881" };
        const { body } = await first.request("GET", path, undefined, { headers });
        assertEquals(body, "\u0001\u0001\u0002\u0002");
        assertEquals(await kept(), 1);
      } finally {
        one.destroy();
        other.destroy();
      }
    });
  },
});
