import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { runInProcess } from "../../support/in_process.ts";
import { s3Client } from "../../support/s3.ts";
import { linkedTo, stubServer } from "../../support/stub_server.ts";

// The client keeps sockets of Node's a moment longer than it is asked to.
describe({ name: "storage s3-keys", sanitizeResources: false }, () => {
  let backend: TestBackend;
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  const run = (...args: string[]) =>
    runInProcess(["storage", "s3-keys", ...args], {
      cwd: ".",
      env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
    });

  it("makes a key that S3 clients sign with, and shows its secret once", async () => {
    const made = await run("create", "--description", "backup", "--json");
    assertEquals(made.code, 0, made.stderr);
    const { accessKeyId, secretAccessKey, endpoint, region } = JSON.parse(made.stdout);
    assertEquals([endpoint, region], [`${backend.url}/storage/v1/s3`, "us-east-2"]);
    const client = await s3Client(backend, { accessKeyId, secretAccessKey });
    await client.send(new ListBucketsCommand({}));
    const listed = await run("list");
    assertMatch(listed.stdout, new RegExp(`^${accessKeyId} +backup`, "m"));
    assertEquals(
      (listed.stdout + (await run("list", "--json")).stdout).includes(secretAccessKey),
      false,
    );
    assertEquals((await run("delete", accessKeyId, "-y")).stdout, `✓ Deleted ${accessKeyId}.\n`);
    await assertRejects(() => client.send(new ListBucketsCommand({})), Error, accessKeyId);
    client.destroy();
  });

  it("shows people where the key is for, and deletes by id as well", async () => {
    const { stdout } = await run("create");
    assertMatch(
      stdout,
      /Access key: +INSF\w{16}\nSecret: +\S{40}\nEndpoint: .*\nRegion: +us-east-2/,
    );
    const [{ id }] = JSON.parse((await run("list", "--json")).stdout);
    assertEquals((await run("delete", id, "-y")).code, 0);
    assertMatch((await run("list")).stdout, /no access keys.*s3-keys create/);
  });

  it("says what is wrong with what it is given", async () => {
    const gone = await run("delete", "INSFABC123DEF456GH78", "-y");
    assertEquals(gone.code, 4);
    assertMatch(gone.stderr, /There is no access key INSFABC123DEF456GH78\.\n.*s3-keys list/);
    assertEquals((await run("create", "--description", "x".repeat(201))).code, 1);
    for (let n = 0; n < 50; n++) {
      await backend.request("POST", "/api/storage/s3/access-keys", {});
    }
    const full = await run("create");
    assertEquals(full.code, 1);
    assertMatch(full.stderr, /50 access keys already/);
  });

  it("warns where S3 clients are not answered", async () => {
    await using server = stubServer(({ method }) =>
      method === "GET"
        ? Response.json({ endpoint: "http://x/storage/v1/s3", region: "r", available: false })
        : Response.json({ id: "1", accessKeyId: "INSFA", secretAccessKey: "s" }, { status: 201 })
    );
    const made = await runInProcess(["storage", "s3-keys", "create"], {
      cwd: ".",
      env: linkedTo(server),
    });
    assertMatch(made.stderr, /does not answer S3 clients/);
    assertMatch(made.stdout, /INSFA/);
  });
});
