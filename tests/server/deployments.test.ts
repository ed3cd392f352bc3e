import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import {
  createDirectDeploymentResponseSchema,
  deploymentMetadataResponseSchema,
  deploymentSchema,
  getEnvVarResponseSchema,
  listEnvVarsResponseSchema,
  uploadDeploymentFileResponseSchema,
  upsertEnvVarsResponseSchema,
} from "@insforge/shared-schemas";
import { isImmutable } from "../../src/shared/contract/state.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import {
  deploySite,
  manifestOf,
  putFile,
  putFiles,
  settled,
  type SiteFiles,
} from "../support/site.ts";

const page = { "index.html": "<h1>one</h1>", "assets/app.js": "console.log(1)", "empty.txt": "" };

describe("deployments", () => {
  let backend: TestBackend;
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  const create = (files: unknown) => backend.request("POST", "/api/deployments/direct", { files });

  it("are announced, uploaded, started and become ready, in the official shapes", async () => {
    const created = await create(manifestOf(page));
    assertEquals(created.status, 201);
    const { id, files } = createDirectDeploymentResponseSchema.parse(created.body);
    assertEquals(files.every(({ uploadedAt }) => uploadedAt === null), true);
    for (const { fileId, path } of files) {
      const put = await putFile(backend, id, fileId, page[path as keyof typeof page]);
      assertEquals(put.status, 200);
      assertEquals(uploadDeploymentFileResponseSchema.parse(put.body).path, path);
    }
    const uploading = await backend.request("GET", `/api/deployments/${id}`);
    assertEquals([uploading.body.status, uploading.body.url], ["UPLOADING", null]);
    const started = await backend.request("POST", `/api/deployments/${id}/start`, {
      meta: { commit: "abc" },
      envVars: [{ key: "VITE_A", value: "1" }],
    });
    assertEquals(started.status, 200);
    deploymentSchema.parse(started.body);
    const ready = deploymentSchema.parse(await settled(backend, id));
    assertEquals(ready.status, "READY");
    assertMatch(ready.url!, /^http:\/\/127\.0\.0\.1:\d+$/);
    const { uploadMode, fileCount, totalSizeBytes, envVarKeys } = ready.metadata!;
    assertEquals([uploadMode, fileCount, totalSizeBytes, envVarKeys], ["direct", 3, 26, [
      "VITE_A",
    ]]);
    const metadata = await backend.request("GET", "/api/deployments/metadata");
    assertEquals(deploymentMetadataResponseSchema.parse(metadata.body).currentDeploymentId, id);
  });

  it("take only what changed: a content that is here counts as uploaded", async () => {
    const files = { ...page, "index.html": "<h1>two</h1>" };
    const { body } = await create(manifestOf(files));
    const wanted = body.files.filter(({ uploadedAt }: { uploadedAt: unknown }) => !uploadedAt);
    assertEquals(wanted.map(({ path }: { path: string }) => path), ["index.html"]);
  });

  it("are asked for what a crash cut off, and write it anew", async () => {
    const files = { "index.html": "<h1>whole</h1>" };
    const { sha } = manifestOf(files)[0]!;
    const folder = `${backend.dataDir}/deployments/objects/${sha.slice(0, 2)}`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/${sha}`, "<h1>wh");
    const { url } = await deploySite(backend, files);
    assertEquals(await (await fetch(`${url}/`)).text(), files["index.html"]);
    // What is whole is not touched, whoever sends it again: the site may be read just then.
    const before = new Date(1_000_000_000_000);
    await Deno.utime(`${folder}/${sha}`, before, before);
    const { body } = await create(manifestOf(files));
    const put = await putFile(backend, body.id, body.files[0].fileId, files["index.html"]);
    const { mtime } = await Deno.stat(`${folder}/${sha}`);
    assertEquals([put.status, mtime], [200, before]);
  });

  it("refuse content that is not what was announced, and keep none of it", async () => {
    const { body } = await create(manifestOf({ "a.txt": "right" }));
    const [{ fileId }] = body.files;
    for (const wrong of ["wrong", "rig", "right and more"]) {
      const put = await putFile(backend, body.id, fileId, wrong);
      assertEquals([put.status, put.body.error], [400, "INVALID_INPUT"], wrong);
    }
    const typed = await backend.request(
      "PUT",
      `/api/deployments/${body.id}/files/${fileId}/content`,
      new TextEncoder().encode("right"),
      { headers: { "content-type": "text/plain" } },
    );
    assertEquals(typed.status, 415);
    const early = await backend.request("POST", `/api/deployments/${body.id}/start`, {});
    assertEquals([early.status, early.body.error], [400, "INVALID_INPUT"]);
    assertStringIncludes(early.body.message, "a.txt");
    assertEquals((await putFile(backend, body.id, fileId, "right")).status, 200);
  });

  it("take several files in one request", async () => {
    const { body: { id, files, batchBytes } } = await create(manifestOf({ ...page, "b.txt": "é" }));
    assert(batchBytes > 0);
    const idOf = (path: string) =>
      files.find((file: { path: string }) => file.path === path).fileId;
    const ids = ["b.txt", "empty.txt", "index.html"].map(idOf);
    const put = await putFiles(backend, id, ids, `é${page["index.html"]}`);
    assertEquals(put.status, 204);
    const { body: uploading } = await backend.request("GET", `/api/deployments/${id}`);
    assertEquals(uploading.status, "UPLOADING");
    await putFile(backend, id, idOf("assets/app.js"), page["assets/app.js"]);
    await backend.request("POST", `/api/deployments/${id}/start`, {});
    const { url } = await settled(backend, id);
    assertEquals(await (await fetch(`${url}/b.txt`)).text(), "é");
    const noted = "SELECT bool_and(uploaded_at IS NOT NULL) AS is_noted FROM deployments.files";
    await eventually(async () =>
      (await backend.sql(`${noted} WHERE deployment_id = '${id}'`, { unrestricted: true }))[0]!
        .is_noted
    );
    const late = await putFiles(backend, id, ids, `é${page["index.html"]}`);
    assertEquals([late.status, late.body.error], [400, "DEPLOYMENT_INVALID_FILE"]);
  });

  it("refuse too much that comes in chunks, whose length is not known before", async () => {
    const { body: { id, batchBytes } } = await create(manifestOf({ "one.txt": "1" }));
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: backend.port });
    const head = `PUT /api/deployments/${id}/files HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
      `Authorization: Bearer ${backend.apiKey}\r\nContent-Type: application/octet-stream\r\n` +
      "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    const size = 4 * batchBytes;
    const body = `${size.toString(16)}\r\n${"x".repeat(size)}\r\n0\r\n\r\n`;
    const answer = new Response(connection.readable).text();
    const writer = connection.writable.getWriter();
    await writer.write(new TextEncoder().encode(head + body));
    assertMatch(await answer, /^HTTP\/1\.1 413 [^]* is larger than \d+ bytes/);
  });

  it("refuse several files that are not what was announced, and what is no list", async () => {
    const { body: { id, files, batchBytes } } = await create(
      manifestOf({ "one.txt": "the first", "two.txt": "the second" }),
    );
    const ids = files.map(({ fileId }: { fileId: string }) => fileId);
    const whole = "the firstthe second";
    const attempts: [status: number, ids: unknown, contents: string, message: string][] = [
      [400, ids, whole.slice(1), "18 bytes"],
      [400, ids, `${whole}.`, "20 bytes"],
      [400, ids, whole.replace("second", "SECOND"), "two.txt"],
      [400, {}, whole, "JSON list"],
      [404, [ids[0], crypto.randomUUID()], whole, "has no file"],
      [404, [null], "", "has no file"],
      [413, ids, "x".repeat(4 * batchBytes), "larger"],
    ];
    for (const [status, list, contents, message] of attempts) {
      const put = await putFiles(backend, id, list, contents);
      assertEquals(put.status, status, message);
      assertStringIncludes(put.body.message, message);
    }
    const path = `/api/deployments/${id}/files`;
    const none = await backend.request("PUT", path, new TextEncoder().encode("x"), {
      headers: { "content-type": "application/octet-stream" },
    });
    assertEquals(none.status, 400);
    assertEquals((await backend.request("PUT", path, {})).status, 415);
    assertEquals((await putFiles(backend, crypto.randomUUID(), ids, whole)).status, 404);
    assertEquals((await putFiles(backend, "nonsense", ids, whole)).status, 404);
    const early = await backend.request("POST", `/api/deployments/${id}/start`, {});
    // The first was right in the attempt whose second was not: none is kept.
    assertStringIncludes(early.body.message, "not uploaded yet: one.txt, two.txt");
    assertEquals((await putFiles(backend, id, ids, whole)).status, 204);
    assertEquals((await backend.request("POST", `/api/deployments/${id}/start`, {})).status, 200);
    await settled(backend, id);
  });

  it("refuse paths that lead anywhere else, doubles, and more than the limits", async () => {
    const [entry] = manifestOf({ "a.txt": "x" });
    for (const path of ["../a", "/a", "a//b", "a/./b", "a\\b", "", "a\0", "x".repeat(2049)]) {
      assertEquals((await create([{ ...entry, path }])).status, 400, path);
    }
    assertEquals((await create([])).status, 400);
    assertEquals((await create([entry, entry])).status, 400);
    assertEquals((await create([{ ...entry, sha: "abc" }])).status, 400);
    assertEquals((await create([{ ...entry, size: 100 * 1024 ** 2 + 1 }])).status, 400);
    const many = Array.from({ length: 5001 }, (_, index) => ({ ...entry, path: `f${index}` }));
    assertEquals((await create(many)).status, 400);
    assertEquals((await create(many.slice(1))).status, 201);
    const half = { ...entry, size: 60 * 1024 ** 2 };
    assertEquals((await create([half, { ...half, path: "b" }])).status, 400);
  });

  it("are started once, and not after they were canceled", async () => {
    const { id } = await deploySite(backend, page);
    const again = await backend.request("POST", `/api/deployments/${id}/start`, {});
    assertEquals([again.status, again.body.error], [400, "INVALID_INPUT"]);
    const { body } = await create(manifestOf(page));
    const canceled = await backend.request("POST", `/api/deployments/${body.id}/cancel`);
    assertEquals([canceled.status, canceled.body.success], [200, true]);
    const put = await putFile(backend, body.id, body.files[0].fileId, "x");
    assertEquals([put.status, put.body.error], [400, "DEPLOYMENT_INVALID_FILE"]);
    assertEquals((await backend.request("POST", `/api/deployments/${body.id}/start`)).status, 400);
    assertEquals((await backend.request("POST", `/api/deployments/${body.id}/sync`)).status, 400);
  });

  it("say why they fail: sources that need a build, a vercel.json that is none", async () => {
    const sources = await deploySite(backend, {
      "package.json": '{"scripts": {"build": "vite build"}}',
      "index.html": "",
    });
    assertEquals([sources.status, sources.url], ["ERROR", null]);
    assertEquals(sources.metadata.error.errorCode, "BUILD_NOT_SUPPORTED");
    const folders = {
      "tsc -b && vite build": "./dist`.",
      "next build --turbo": './out`. Next.js makes it where its configuration says `output: "exp',
      "react-scripts build": "./build`.",
    };
    for (const [build, folder] of Object.entries(folders)) {
      const manifest = JSON.stringify({ scripts: { build } });
      const { metadata } = await deploySite(backend, { "package.json": manifest });
      assertStringIncludes(metadata.error.errorMessage, `deployments deploy ${folder}`);
    }
    const told = await deploySite(backend, {
      "package.json": '{"scripts": {"build": "node build.js"}}',
      "vercel.json": '{"outputDirectory": "www; x"}',
    });
    assertStringIncludes(told.metadata.error.errorMessage, "deployments deploy 'www; x'`");
    const config = await deploySite(backend, { "vercel.json": '{"rewrites": 1}' });
    assertStringIncludes(config.metadata.error.errorMessage, "rewrites");
  });

  it("answer 404 for ids that nothing has, well-formed or not", async () => {
    const none = crypto.randomUUID();
    const attempts = [
      ["GET", `/${none}`],
      ["GET", "/nonsense"],
      ["POST", `/${none}/cancel`],
      ["POST", `/${none}/sync`],
      ["POST", `/${none}/start`],
    ] as const;
    for (const [method, path] of attempts) {
      const { status, body } = await backend.request(method, `/api/deployments${path}`);
      assertEquals([status, body.error], [404, "DEPLOYMENT_NOT_FOUND"], path);
    }
    assertEquals((await putFile(backend, none, none, "")).status, 404);
    assertEquals((await putFile(backend, "x", none, "")).status, 400);
  });

  it("R54: are listed newest first, with 206 and the range when there are more", async () => {
    const part = await backend.request("GET", "/api/deployments?limit=2&offset=1");
    assertEquals([part.status, part.body.length], [206, 2]);
    assertMatch(part.headers.get("content-range")!, /^1-2\/\d+$/);
    const all = await backend.request("GET", "/api/deployments?limit=1000");
    assertEquals(all.status, 200);
    for (const deployment of all.body) deploymentSchema.parse(deployment);
    const times = all.body.map(({ createdAt }: { createdAt: string }) => createdAt);
    assertEquals(times, times.toSorted().reverse());
    assertEquals(all.body.slice(1, 3), part.body);
    assertEquals((await backend.request("GET", "/api/deployments?limit=0")).status, 400);
  });

  it("are the administrator's alone", async () => {
    for (const key of [null, backend.anonKey]) {
      const { status } = await backend.request("GET", "/api/deployments", undefined, { key });
      assertEquals(status, 401);
    }
  });

  it("keep variables of builds encrypted, by id and by key", async () => {
    const set = (envVars: unknown) =>
      backend.request("POST", "/api/deployments/env-vars", { envVars });
    const answer = await set([{ key: "B", value: "two" }, { key: "A", value: "one" }]);
    assertEquals(answer.status, 201);
    assertEquals(upsertEnvVarsResponseSchema.parse(answer.body).count, 2);
    await set([{ key: "A", value: "three" }]);
    assertEquals((await set([])).status, 400);
    assertEquals((await set([{ key: " ", value: "" }])).status, 400);
    const list = await backend.request("GET", "/api/deployments/env-vars");
    const { envVars } = listEnvVarsResponseSchema.parse(list.body);
    assertEquals(envVars.map(({ key }) => key), ["A", "B", "VITE_A"]);
    assert(!JSON.stringify(list.body).includes("three"));
    const one = `/api/deployments/env-vars/${envVars[0]!.id}`;
    const read = getEnvVarResponseSchema.parse((await backend.request("GET", one)).body);
    assertEquals(read.envVar.value, "three");
    assertEquals((await backend.request("DELETE", one)).status, 200);
    const gone = await backend.request("DELETE", one);
    assertEquals([gone.status, gone.body.error], [404, "ENVIRONMENT_VARIABLE_NOT_FOUND"]);
  });
});

describe("the preview of a deployment", () => {
  let backend: TestBackend;
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  const visit = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, { redirect: "manual", ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  it("serves files with their types, and 304 to who has them", async () => {
    const { url } = await deploySite(backend, {
      "index.html": "<h1>home</h1>",
      "docs/index.html": "docs",
      "a b/ü.svg": "<svg/>",
      "app.mjs": "1",
      "data.bin": "x",
    });
    const home = await visit(`${url}/`);
    assertEquals([home.status, home.text], [200, "<h1>home</h1>"]);
    const types = {
      "/": "text/html; charset=utf-8",
      "/docs": "text/html; charset=utf-8",
      "/docs/": "text/html; charset=utf-8",
      "/a%20b/%C3%BC.svg": "image/svg+xml; charset=utf-8",
      "/app.mjs?v=1": "text/javascript; charset=utf-8",
      "/data.bin": "application/octet-stream",
    };
    for (const [path, type] of Object.entries(types)) {
      const answer = await visit(url + path);
      assertEquals([answer.status, answer.headers.get("content-type")], [200, type], path);
    }
    const etag = home.headers.get("etag")!;
    const cached = await visit(`${url}/`, { headers: { "if-none-match": etag } });
    assertEquals([cached.status, cached.text], [304, ""]);
    const head = await visit(`${url}/`, { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-length")], [200, "13"]);
    assertEquals((await visit(`${url}/`, { method: "POST" })).status, 405);
  });

  it("serves parts of files, as players of media ask for them", async () => {
    const { url } = await deploySite(backend, { "clip.mp4": "0123456789", "index.html": "x" });
    const part = async (range: string, headers: Record<string, string> = {}) => {
      const answer = await visit(`${url}/clip.mp4`, { headers: { range, ...headers } });
      return [answer.status, answer.text, answer.headers.get("content-range")];
    };
    assertEquals(await part("bytes=2-4"), [206, "234", "bytes 2-4/10"]);
    assertEquals(await part("bytes=7-"), [206, "789", "bytes 7-9/10"]);
    assertEquals(await part("bytes=-3"), [206, "789", "bytes 7-9/10"]);
    assertEquals(await part("bytes=5-99"), [206, "56789", "bytes 5-9/10"]);
    assertEquals(await part("bytes=10-"), [416, "", "bytes */10"]);
    assertEquals(await part("bytes=0-1,4-5"), [200, "0123456789", null]);
    assertEquals(await part("bytes=0-1", { "if-range": '"old"' }), [200, "0123456789", null]);
  });

  it("shows the newest deployment that is ready, and the others under their own names", async () => {
    const first = await deploySite(backend, { "index.html": "first" });
    const second = await deploySite(backend, { "index.html": "second" });
    const { port } = new URL(second.url);
    const { body } = await backend.request("GET", `/api/deployments/${first.id}`);
    assertEquals(body.url, `http://${first.id}.localhost:${port}`);
    assertEquals((await visit(second.url)).text, "second");
    assertEquals(await rawGet(Number(port), "/", `${first.id}.localhost:${port}`), "first");
    await backend.request("POST", `/api/deployments/${second.id}/cancel`);
    assertEquals((await visit(first.url)).text, "first");
    const gone = await rawGet(Number(port), "/", `${second.id}.localhost:${port}`);
    assertEquals(gone.includes("second"), false);
  });

  it("leads no path out of the deployment, and answers no foreign host", async () => {
    const { url } = await deploySite(backend, { "index.html": "home", "a/b.txt": "b" });
    const port = Number(new URL(url).port);
    const secret = await Deno.readTextFile(`${backend.dataDir}/keys.json`);
    const paths = ["/../../keys.json", "/..%2f..%2fkeys.json", "/%2e%2e/keys.json", "//keys.json"];
    for (const path of [...paths, "/a/..\\..\\keys.json", "/%00", "/%ff"]) {
      const answer = await rawGet(port, path);
      assert(!answer.includes(JSON.parse(secret).apiKey), path);
      assert(answer !== "home", path);
    }
    assertStringIncludes(await rawGet(port, "/", "evil.example"), "does not answer");
  });

  it("follows vercel.json: rewrites, redirects, headers, clean addresses", async () => {
    const { url } = await deploySite(backend, {
      "index.html": "app",
      "about.html": "about",
      "api.json": "{}",
      "vercel.json": "\ufeff" + JSON.stringify({
        cleanUrls: true,
        rewrites: [
          { source: "/data/:name", destination: "/:name.json" },
          { source: "/((?!static/).*)", destination: "/index.html" },
        ],
        redirects: [
          { source: "/old/:path*", destination: "/new/:path*", permanent: true },
          { source: "/gone", destination: "https://example.com/", statusCode: 302 },
          { source: "/u/:id", destination: "/user?id=:id#top", permanent: false },
        ],
        headers: [{ source: "/(.*)", headers: [{ key: "X-Robots-Tag", value: "none" }] }],
      }),
    });
    const deep = await visit(`${url}/some/client/route`);
    assertEquals([deep.status, deep.text], [200, "app"]);
    assertEquals(deep.headers.get("x-robots-tag"), "none");
    assertEquals((await visit(`${url}/about`)).text, "about");
    assertEquals((await visit(`${url}/data/api`)).text, "{}");
    assertEquals((await visit(`${url}/static/none.js`)).status, 404);
    assertEquals((await visit(`${url}/vercel.json`)).text, "app");
    const locations = {
      "/about.html?x=1": [308, "/about?x=1"],
      "/old/a/b": [308, "/new/a/b"],
      "/gone": [302, "https://example.com/"],
      "/u/1?id=2&a=%20b&c&a=3": [307, "/user?id=1&a=%20b&c&a=3#top"],
    };
    for (const [path, expected] of Object.entries(locations)) {
      const { status, headers } = await visit(url + path);
      assertEquals([status, headers.get("location")], expected, path);
    }
  });

  it("answers 404 where nothing is, with the site's own page if it has one", async () => {
    const plain = await deploySite(backend, { "index.html": "home" });
    assertEquals((await visit(`${plain.url}/nowhere`)).status, 404);
    const own = await deploySite(backend, { "index.html": "home", "404.html": "lost" });
    const lost = await visit(`${own.url}/nowhere`);
    assertEquals([lost.status, lost.text], [404, "lost"]);
    const etag = lost.headers.get("etag")!;
    const again = await visit(`${own.url}/nowhere`, { headers: { "if-none-match": etag } });
    assertEquals(again.status, 404);
  });

  it("has the same address after a restart, and nothing is left half-done", async () => {
    const first = await startBackend();
    const { url } = await deploySite(first, { "index.html": "kept" });
    await first.sql(
      "INSERT INTO deployments.runs (status) VALUES ('BUILDING')",
      { unrestricted: true },
    );
    await first.close({ keep: true });
    const second = await startBackend({ dataDir: first.dataDir });
    try {
      const { body } = await second.request("GET", "/api/deployments");
      assertEquals(body.map(({ status }: { status: string }) => status), ["ERROR", "READY"]);
      assertEquals(body[1].url, url);
      assertEquals((await visit(url)).text, "kept");
    } finally {
      await second.close();
    }
  });
});

describe("contents that arrive together", () => {
  let backend: TestBackend;
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  const packs = () => `${backend.dataDir}/deployments/packs`;
  const packNames = async () =>
    (await Array.fromAsync(Deno.readDir(packs()))).map(({ name }) => name).sort();

  /** Sends what is wanted of some files in one request; answers the paths of those, and the URL. */
  async function deployTogether(files: SiteFiles): Promise<{ sent: string[]; url: string }> {
    const { body: { id, files: known } } = await backend.request(
      "POST",
      "/api/deployments/direct",
      { files: manifestOf(files) },
    );
    const wanted = known.filter(({ uploadedAt }: { uploadedAt: unknown }) => !uploadedAt);
    const sent: string[] = wanted.map(({ path }: { path: string }) => path);
    if (sent.length > 0) {
      const ids = wanted.map(({ fileId }: { fileId: string }) => fileId);
      const put = await putFiles(backend, id, ids, sent.map((path) => files[path]).join(""));
      assertEquals(put.status, 204);
    }
    await backend.request("POST", `/api/deployments/${id}/start`, {});
    const { url, status } = await settled(backend, id);
    assertEquals(status, "READY");
    return { sent, url };
  }

  it("are kept in one file, which serves each, whole and in part", async () => {
    const files = { "index.html": "home", "a.txt": "same", "b.txt": "same", "empty.txt": "" };
    const { url } = await deployTogether({ ...files, "big.txt": "0123456789".repeat(1000) });
    assertEquals(await packNames(), ["1"]);
    for (const [path, content] of Object.entries(files)) {
      assertEquals(await (await fetch(`${url}/${path}`)).text(), content, path);
    }
    const big = `${url}/big.txt`;
    const packed = await fetch(big, { headers: { "accept-encoding": "gzip" } });
    assertEquals(packed.headers.get("vary"), "Accept-Encoding");
    assertEquals((await packed.text()).length, 10_000);
    const part = await fetch(big, { headers: { range: "bytes=9998-" } });
    assertEquals([part.status, await part.text()], [206, "89"]);
    const head = await fetch(big, { method: "HEAD", headers: { "accept-encoding": "identity" } });
    assertEquals(head.headers.get("content-length"), "10000");
    const known = { headers: { "if-none-match": head.headers.get("etag")! } };
    assertEquals((await fetch(big, known)).status, 304);
  });

  it("are not sent again, and their file never changes", async () => {
    const pack = await Deno.readFile(`${packs()}/1`);
    const files = { "index.html": "home", "a.txt": "same" };
    assertEquals((await deployTogether(files)).sent, []);
    const { sent } = await deployTogether({ ...files, "c.txt": "c", "d.txt": "d" });
    assertEquals([sent, await packNames()], [["c.txt", "d.txt"], ["1", "2"]]);
    // Copies of the data directory share it.
    assertEquals(await Deno.readFile(`${packs()}/1`), pack);
    assert(isImmutable("deployments/packs/1"));
  });

  it("are there after a restart, but for what a crash cut off or never wrote", async () => {
    await backend.close({ keep: true });
    const whole = await Deno.readTextFile(`${packs()}/2`);
    await Deno.truncate(`${packs()}/2`, whole.length - 1);
    await Deno.writeTextFile(`${packs()}/3`, '[["');
    await Deno.writeTextFile(`${packs()}/4`, "{}\n");
    await Deno.writeTextFile(`${packs()}/5`, "");
    await Deno.writeTextFile(`${packs()}/.7.0123456789ab.insforge-new`, "half");
    await Deno.writeTextFile(`${packs()}/6`, `[["${"a".repeat(40)}", -5], [7, "x"]]\nx`);
    backend = await startBackend({ dataDir: backend.dataDir });
    const files = { "index.html": "home", "c.txt": "c", "d.txt": "d", "e.txt": "e" };
    const { sent, url } = await deployTogether(files);
    assertEquals(sent, ["d.txt", "e.txt"]);
    assertEquals(await packNames(), ["1", "2", "3", "4", "5", "6", "7"]);
    for (const [path, content] of Object.entries(files)) {
      assertEquals(
        await (await fetch(`${url}/${path === "index.html" ? "" : path}`)).text(),
        content,
      );
    }
  });

  it("are not served when they are damaged, and mended by the next deployment", async () => {
    const files = { "index.html": "home", "c.txt": "c", "f.txt": "first", "g.txt": "second" };
    const { url } = await deployTogether(files);
    const pack = `${packs()}/${(await packNames()).at(-1)}`;
    await Deno.writeTextFile(pack, (await Deno.readTextFile(pack)).replace("second", "SECOND"));
    const damaged = await fetch(`${url}/g.txt`);
    assertEquals(damaged.status, 500);
    assertStringIncludes(await damaged.text(), "damaged or gone. Deploy the site again.");
    assertEquals(await (await fetch(`${url}/f.txt`)).text(), "first");
    assertEquals((await deployTogether(files)).sent, ["g.txt"]);
    assertEquals(await (await fetch(`${url}/g.txt`)).text(), "second");
    await Deno.remove(pack);
    const lost = await fetch(`${url}/f.txt`);
    assertStringIncludes(await lost.text(), "damaged or gone");
    assertEquals((await deployTogether({ ...files, "h.txt": "h" })).sent, ["f.txt", "h.txt"]);
    assertEquals(await (await fetch(`${url}/f.txt`)).text(), "first");
  });
});

/** The body of an answer to a path and host that `fetch` would tidy up. */
async function rawGet(port: number, path: string, host = `127.0.0.1:${port}`): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const answer = await new Response(connection.readable).text();
  return answer.slice(answer.indexOf("\r\n\r\n") + 4);
}
