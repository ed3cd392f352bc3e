import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Options, runDeploy } from "../../../src/commands/deployments/deploy.ts";
import {
  CliError,
  FileError,
  HttpError,
  OperationError,
  UsageError,
} from "../../../src/core/errors.ts";
import { testContext, type TestContextOptions } from "../../support/context.ts";
import { type SiteFiles, writeSite } from "../../support/site.ts";
import {
  envelope,
  linkedTo,
  type SeenRequest,
  type StubServer,
  stubServer,
} from "../../support/stub_server.ts";
import { withFolder } from "../../support/temporary.ts";

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";
const SITE = { "index.html": "<h1>home</h1>", "a b/ü.txt": "text", "empty.txt": "" };
const BASE = "/api/deployments";

const deployment = (status: string, more: Record<string, unknown> = {}) =>
  Response.json({ id: ID, status, url: null, metadata: null, ...more });
const READY = () => deployment("READY", { url: "https://shop.insforge.site" });

type Answer = (request: SeenRequest) => Response | Promise<Response>;

/**
 * A backend whose answers a test replaces one by one; each key is `METHOD
 * last-segment-of-the-path`.
 */
function hosting(answers: Record<string, Answer> = {}): StubServer {
  const standard: Record<string, Answer> = {
    "POST direct": ({ body }) => {
      const { files } = JSON.parse(body) as { files: { path: string }[] };
      return Response.json({
        id: ID,
        status: "WAITING",
        // In another order: only the path tells which file is which.
        files: files.map((file) => ({ ...file, fileId: crypto.randomUUID(), uploadedAt: null }))
          .reverse(),
      }, { status: 201 });
    },
    "PUT content": () => Response.json({}),
    "POST start": () => deployment("QUEUED"),
    "POST sync": () => deployment("BUILDING"),
    [`GET ${ID}`]: READY,
    ...answers,
  };
  return stubServer((request) => {
    const name = `${request.method} ${request.target.split("/").at(-1)!.split("?")[0]}`;
    return standard[name]?.(request) ?? envelope(404, "NOT_FOUND", "");
  });
}

interface Run extends Partial<TestContextOptions> {
  readonly files?: SiteFiles;
  readonly prepare?: (folder: string) => Promise<unknown> | unknown;
}

/** Deploys a folder named `dist` over a backend, in time that passes by itself. */
async function deploy(server: { readonly url: string }, options: Options = {}, run: Run = {}) {
  return await withFolder(async (cwd) => {
    await writeSite(`${cwd}/dist`, run.files ?? SITE);
    await run.prepare?.(cwd);
    let now = Date.now();
    const test = testContext({
      cwd,
      env: linkedTo(server),
      clock: {
        now: () => new Date(now),
        sleep: (milliseconds) => {
          now += milliseconds;
          return Promise.resolve();
        },
      },
      ...run,
    });
    const result = await runDeploy(test.context, options, "dist");
    return { result, shown: await test.show(result), err: test.err() };
  });
}

const targets = ({ requests }: StubServer) =>
  requests.map(({ method, target }) => `${method} ${target.replace(BASE, "")}`);
const count = (server: StubServer, wanted: RegExp) =>
  targets(server).filter((target) => wanted.test(target)).length;

/** Answers in turn, the last one for ever. */
function inTurn(...answers: Answer[]): Answer {
  let asked = 0;
  return (request) => answers[Math.min(asked++, answers.length - 1)]!(request);
}

describe("deployments deploy", () => {
  it("announces, sends, starts and waits; the result is the deployment", async () => {
    await using server = hosting();
    const { result, shown } = await deploy(server, {
      env: '{"A": "x", "B": 1.10}',
      meta: '{"c": "d"}',
    });
    const manifest = JSON.parse(server.requests[0]!.body).files;
    assertEquals(manifest.map(({ path }: { path: string }) => path), Object.keys(SITE).toSorted());
    assertEquals(manifest[1], {
      path: "empty.txt",
      sha: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      size: 0,
    });
    assertEquals(count(server, /^PUT/), 3);
    for (const { method, headers, body } of server.requests) {
      if (method !== "PUT") continue;
      assertEquals(headers.get("content-type"), "application/octet-stream");
      assertEquals(headers.get("content-length"), String(new TextEncoder().encode(body).length));
    }
    const start = server.requests.find(({ target }) => target.endsWith("/start"))!;
    assertEquals(JSON.parse(start.body), {
      envVars: [{ key: "A", value: "x" }, { key: "B", value: "1.10" }],
      meta: { c: "d" },
    });
    assertEquals((result.data as { status: string }).status, "READY");
    assertStringIncludes(shown, "https://shop.insforge.site");
    assertStringIncludes(shown, ID);
  });

  it("sends only what the backend does not have", async () => {
    await using server = hosting({
      "POST direct": ({ body }) =>
        Response.json({
          id: ID,
          status: "WAITING",
          files: JSON.parse(body).files.map((file: { path: string }) => ({
            ...file,
            fileId: crypto.randomUUID(),
            uploadedAt: file.path === "index.html" ? null : "2026-01-01T00:00:00.000Z",
          })),
        }, { status: 201 }),
    });
    const { shown } = await deploy(server);
    assertEquals(count(server, /^PUT/), 1);
    assertStringIncludes(shown, "1 file; 2 were there already");
  });

  it("sends small files together to a backend that says how many bytes it takes", async () => {
    const takes = (batchBytes: unknown): Answer => ({ body }) => {
      const files = JSON.parse(body).files.map((file: { path: string }) => ({
        ...file,
        fileId: file.path,
        uploadedAt: null,
      }));
      return Response.json({ id: ID, status: "WAITING", files, batchBytes }, { status: 201 });
    };
    const few = { a: "1".repeat(60), b: "2".repeat(39), c: "3", d: "4".repeat(200), e: "" };
    const sentTo = async (batchBytes: unknown, files: Record<string, string> = few) => {
      await using server = hosting({
        "POST direct": takes(batchBytes),
        "PUT files": inTurn(
          () => new Response("", { status: 503 }),
          () => new Response(null, { status: 204 }),
        ),
      });
      const { result } = await deploy(server, {}, { files });
      assertEquals((result.data as { status: string }).status, "READY");
      return server.requests.filter(({ method }) => method === "PUT")
        .map(({ target, body }) => `${target.replace(`${BASE}/${ID}/files`, "")} ${body}`)
        .toSorted();
    };
    const together = ` ["a","b"]\n${few.a}${few.b}`;
    const others = ["c", "d", "e"].map((name) => `/${name}/content ${few[name as "c"]}`);
    assertEquals(await sentTo(100), [together, together, ...others]);
    // Each request costs both sides more than what is in it.
    const many = Object.fromEntries([..."abcdef"].map((name) => [name, name.repeat(300_000)]));
    assertEquals(new Set(await sentTo(2 ** 30, many)).size, 2);
    for (const unusable of [undefined, null, "much", -1]) {
      assertEquals((await sentTo(unusable)).length, 5, `${unusable}`);
    }
  });

  it("says that the rules of the project above the folder stay behind", async () => {
    await using server = hosting();
    const withRules = { prepare: (cwd: string) => Deno.writeTextFile(`${cwd}/vercel.json`, "{}") };
    const { err } = await deploy(server, {}, withRules);
    assertMatch(err, /vercel\.json is left out/);
    const own = await deploy(server, {}, { ...withRules, files: { ...SITE, "vercel.json": "{}" } });
    assertEquals(own.err.includes("left out"), false);
  });

  it("says what to name instead of a file", async () => {
    await withFolder(async (cwd) => {
      await writeSite(cwd, SITE);
      const { context } = testContext({ cwd });
      const error = await assertRejects(
        () => runDeploy(context, { dryRun: true }, "index.html"),
        FileError,
        "index.html is not a folder.",
      );
      assertStringIncludes(error.hint!, "insforge deployments deploy ./dist");
    });
  });

  it("refuses a vercel.json whose site is not there, or that is no JSON", async () => {
    await using server = hosting();
    const files = { ...SITE, "vercel.json": '{"outputDirectory": "public"}' };
    await assertRejects(() => deploy(server, {}, { files }), FileError, "the site is in public");
    const above = { ...SITE, "vercel.json": '{"outputDirectory": "../public"}' };
    await assertRejects(() => deploy(server, {}, { files: above }), FileError, "outside of");
    const broken = { ...SITE, "vercel.json": "{" };
    await assertRejects(() => deploy(server, {}, { files: broken }), FileError, "vercel.json");
    assertEquals(server.requests, []);
  });

  it("names what of vercel.json the backend does not follow", async () => {
    const metadata = { notFollowed: ["crons", "images"] };
    await using server = hosting({ [`GET ${ID}`]: () => deployment("READY", { metadata }) });
    assertMatch((await deploy(server)).err, /does not follow crons, images of vercel\.json/);
  });

  it("returns at once with --no-wait", async () => {
    await using server = hosting();
    const { shown } = await deploy(server, { wait: false });
    assertEquals(count(server, /^GET/), 0);
    assertStringIncludes(shown, `insforge deployments status ${ID}`);
  });

  it("sends a file again when the server is busy, and starts only then", async () => {
    await using server = hosting({
      "PUT content": inTurn(
        () => new Response("", { status: 503 }),
        () => new Response("", { status: 429 }),
        () => Response.json({}),
      ),
    });
    await deploy(server, {}, { files: { "index.html": "x" } });
    assertEquals(targets(server).map((target) => target.replace(/.*\//, "")).slice(1, 5), [
      ...["content", "content", "content", "start"],
    ]);
    assertEquals(server.requests.slice(1, 4).map(({ body }) => body), ["x", "x", "x"]);
  });

  it("R46: a start whose answer is lost is not repeated when it did start", async () => {
    await using server = hosting({
      "POST start": () => new Response("<html>", { status: 502 }),
      [`GET ${ID}`]: inTurn(() => deployment("BUILDING"), READY),
    });
    await deploy(server);
    assertEquals(count(server, /start$/), 1);
  });

  it("R46: a start that did not happen is tried again", async () => {
    await using server = hosting({
      "POST start": inTurn(() => new Response("", { status: 504 }), () => deployment("QUEUED")),
      [`GET ${ID}`]: inTurn(() => deployment("UPLOADING"), READY),
    });
    await deploy(server);
    assertEquals(count(server, /start$/), 2);
  });

  it("R35: failures of the network and of gateways while it waits cost one interval each", async () => {
    await using server = hosting({
      [`GET ${ID}`]: inTurn(
        ...[408, 429, 502, 503, 504].flatMap((status) =>
          // The client itself repeats a read up to three times.
          Array.from({ length: 4 }, () => () => new Response("", { status }))
        ),
        READY,
      ),
    });
    const { result } = await deploy(server);
    assertEquals((result.data as { status: string }).status, "READY");
    assertEquals(count(server, /sync$/), 6);
  });

  it("R35: another status, or a body that is none, ends the wait", async () => {
    for (
      const answer of [
        () => envelope(404, "DEPLOYMENT_NOT_FOUND", "gone"),
        () => new Response("<p>"),
      ]
    ) {
      await using server = hosting({ [`GET ${ID}`]: inTurn(() => deployment("BUILDING"), answer) });
      await assertRejects(() => deploy(server), CliError);
      assertEquals(count(server, /^GET/), 2);
    }
    await using odd = hosting({ [`GET ${ID}`]: () => Response.json({}) });
    const error = await assertRejects(() => deploy(odd), OperationError);
    assertEquals(error.code, "INVALID_RESPONSE");
  });

  it("R36: out of time says what failed last, the limit as it is, and how to follow", async () => {
    await using server = hosting({
      [`GET ${ID}`]: inTurn(() => deployment("BUILDING"), () => new Response("", { status: 503 })),
    });
    const error = await assertRejects(() => deploy(server, { timeout: 7 }), OperationError);
    assertEquals([error.code, error.exitCode], ["TIMED_OUT", 1]);
    assertStringIncludes(error.message, "7 s");
    assertStringIncludes(error.message, "503");
    assertStringIncludes(error.hint!, `deployments status ${ID}`);
    const { id, status, timedOut, lastError } = error.facts;
    assertEquals([id, status, timedOut], [ID, "BUILDING", true]);
    assertStringIncludes(String(lastError), "503");
  });

  it("R36: a failure before a good read is forgotten", async () => {
    await using server = hosting({
      [`GET ${ID}`]: inTurn(
        ...Array.from({ length: 4 }, () => () => new Response("", { status: 503 })),
        () => deployment("BUILDING"),
      ),
    });
    const error = await assertRejects(() => deploy(server, { timeout: 30 }), OperationError);
    assertEquals(error.message, `Deployment ${ID} is not ready after 30 s.`);
    assertEquals(error.facts.lastError, undefined);
  });

  it("R37: states count in any case, and a canceled deployment ends the wait", async () => {
    await using ready = hosting({ [`GET ${ID}`]: () => deployment("ready") });
    await deploy(ready);
    for (const state of ["canceled", "CANCELED", "Cancelled"]) {
      await using server = hosting({ [`GET ${ID}`]: () => deployment(state) });
      const error = await assertRejects(() => deploy(server), OperationError);
      assertEquals([error.code, error.exitCode], ["DEPLOYMENT_CANCELED", 1]);
    }
  });

  it("R37: a failed build ends the wait with its error, in any form that backends have", async () => {
    const forms = [
      { metadata: { error: { errorCode: "E", errorMessage: "vite: not found" } } },
      { metadata: { error: { code: "E", message: "vite: not found" } } },
      { metadata: { error: "vite: not found" } },
      { error: "vite: not found" },
    ];
    for (const form of forms) {
      await using server = hosting({ [`GET ${ID}`]: () => deployment("Error", form) });
      const error = await assertRejects(() => deploy(server), OperationError);
      assertEquals([error.code, error.exitCode], ["DEPLOYMENT_FAILED", 1]);
      assertStringIncludes(error.message, "vite: not found");
    }
  });

  it("does without the sync route where a backend has none", async () => {
    await using server = hosting({
      "POST sync": () => envelope(404, "NOT_FOUND", ""),
      [`GET ${ID}`]: inTurn(() => deployment("BUILDING"), READY),
    });
    await deploy(server);
    assertEquals([count(server, /sync$/), count(server, /^GET/)], [1, 2]);
  });

  it("says that hosting is not set up, in the backend's words", async () => {
    await using server = hosting({
      "POST direct": () => envelope(503, "INTERNAL_ERROR", "Deployment service is not configured."),
    });
    const error = await assertRejects(() => deploy(server), HttpError);
    assertEquals([error.message, error.exitCode], ["Deployment service is not configured.", 1]);
  });

  it("R19: options are checked before the first request", async () => {
    await using server = hosting();
    const wrong: Options[] = [
      { env: "{" },
      { env: "[1]" },
      { env: '{"A": null}' },
      { env: '{"A": {}}' },
      { env: '[{"key": "A", "value": "1"}, {"key": "A", "value": "2"}]' },
      { meta: "[]" },
      { meta: '{"a": []}' },
      { timeout: 0 },
      { timeout: -5 },
    ];
    for (const options of wrong) {
      await assertRejects(() => deploy(server, options), UsageError, "", JSON.stringify(options));
    }
    assertEquals(server.requests.length, 0);
  });

  it("takes --env as a list of keys and values as well", async () => {
    await using server = hosting();
    await deploy(server, { env: '[{"key": "A", "value": "1"}]' });
    const start = server.requests.find(({ target }) => target.endsWith("/start"))!;
    assertEquals(JSON.parse(start.body).envVars, [{ key: "A", value: "1" }]);
  });

  it("refuses what is above the limits before the first request", async () => {
    await using server = hosting();
    const large = async (cwd: string, ...sizes: number[]) => {
      for (const [index, size] of sizes.entries()) {
        // Sparse: it takes no room.
        using file = await Deno.open(`${cwd}/dist/${index}.bin`, { create: true, write: true });
        await file.truncate(size * 1024 ** 2);
      }
    };
    const one = await assertRejects(
      () => deploy(server, {}, { prepare: (cwd) => large(cwd, 101) }),
      FileError,
    );
    assertStringIncludes(one.message, "0.bin (101 MiB)");
    const both = await assertRejects(
      () => deploy(server, {}, { prepare: (cwd) => large(cwd, 60, 60) }),
      FileError,
    );
    assertStringIncludes(both.message, "120 MiB together");
    const many = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`${index}`, ""]));
    const error = await assertRejects(() => deploy(server, {}, { files: many }), FileError);
    assertStringIncludes(error.message, "5001 files");
    const { err, shown } = await deploy(server, { dryRun: true }, { files: many });
    assertStringIncludes(err, "Warning: There are 5001 files");
    assertStringIncludes(shown, "5001 files, 0 B. Nothing was sent.");
    assertEquals(server.requests.length, 0);
  });

  it("refuses a folder that is missing, a file, or holds nothing to deploy", async () => {
    await using server = hosting();
    const attempts: Run[] = [
      { prepare: (cwd) => Deno.remove(`${cwd}/dist`, { recursive: true }) },
      { files: { ".env": "A=1" } },
      {
        prepare: async (cwd) => {
          await Deno.remove(`${cwd}/dist`, { recursive: true });
          await Deno.writeTextFile(`${cwd}/dist`, "");
        },
      },
    ];
    for (const attempt of attempts) {
      const error = await assertRejects(() => deploy(server, {}, attempt), FileError);
      assertEquals(error.exitCode, 1);
    }
    assertEquals(server.requests.length, 0);
  });

  it("warns before the upload: secrets that would be published, and no index.html", async () => {
    await using server = hosting();
    const { err } = await deploy(server, {}, {
      files: {
        "app.js": 'const key = "sk_live_0123456789"; const url = "https://public.example.com"',
        "page.html": "ik_linked_0123456789",
        "fine.js": "production true https://api.example.com published-value",
      },
      prepare: (cwd) =>
        Deno.writeTextFile(
          `${cwd}/.env`,
          [
            "STRIPE_KEY=sk_live_0123456789",
            "API=https://api.example.com",
            "NODE_ENV=true",
            "VITE_TITLE=published-value",
            "TITLE=published-value",
          ].join("\n"),
        ),
      env: { ...linkedTo(server), INSFORGE_API_KEY: "ik_linked_0123456789" },
    });
    assertEquals(err.split("\n").filter(Boolean).toSorted(), [
      "Warning: The value of STRIPE_KEY of .env would be published in app.js.",
      "Warning: The value of the project's API key would be published in page.html.",
      "Warning: There is no index.html in the folder: the site's address would show nothing.",
    ]);
    assert(!err.includes("sk_live"));
  });

  it("says that rules of another hosting are not followed", async () => {
    await using server = hosting();
    for (const [prefix, config] of [["", ""], ["out/", '{"outputDirectory": "out"}']] as const) {
      const { err } = await deploy(server, { dryRun: true }, {
        files: {
          [`${prefix}index.html`]: "home",
          [`${prefix}_redirects`]: "/* /index.html 200",
          "netlify.toml": "[build]",
          ...config === "" ? {} : { "vercel.json": config },
        },
      });
      assertStringIncludes(
        err,
        "The rules of _redirects, netlify.toml are not followed: the hosting goes by vercel.json.",
      );
    }
  });

  it("finds a secret across two pieces of a file, and not in what is no text", async () => {
    await using server = hosting();
    const { err } = await deploy(server, { dryRun: true }, {
      files: {
        "index.html": `${"x".repeat(256 * 1024 - 5)}sk_live_0123456789`,
        "a.bin": "\0sk_live_0123456789",
      },
      prepare: (cwd) => Deno.writeTextFile(`${cwd}/.env`, "KEY=sk_live_0123456789"),
    });
    assertMatch(err, /KEY of \.env would be published in index\.html\.\n$/);
  });

  it("lists with --dry-run what would go, and sends nothing", async () => {
    await using server = hosting();
    const { result, shown } = await deploy(server, { dryRun: true }, {
      files: { ...SITE, ".env": "x", "node_modules/a.js": "x" },
      env: {},
    });
    const { fileCount, totalSizeBytes, files } = result.data as {
      fileCount: number;
      totalSizeBytes: number;
      files: unknown[];
    };
    assertEquals([fileCount, totalSizeBytes], [3, 17]);
    assertEquals(files[0], { path: "a b/ü.txt", size: 4 });
    assertStringIncludes(shown, "3 files, 17 B. Nothing was sent.");
    assertEquals(server.requests.length, 0);
  });

  it("says after Ctrl-C what became of the deployment", async () => {
    for (
      const [stage, expected] of [
        ["PUT content", "was not started"],
        ["POST start", "goes on"],
        ["POST sync", "goes on"],
      ]
    ) {
      const interrupt = new AbortController();
      await using server = hosting({
        [stage!]: () => {
          interrupt.abort(new CliError("Interrupted.", "INTERRUPTED", 130));
          return Response.json({});
        },
        [`GET ${ID}`]: () => deployment("BUILDING"),
      });
      const attempt = () => deploy(server, {}, { signal: interrupt.signal });
      const error = await assertRejects(attempt, CliError);
      assertEquals([error.exitCode, error.facts.id], [130, ID]);
      assertStringIncludes(error.message, expected!);
    }
  });

  it("R42: says which file is larger than the backend accepts, and how large it is", async () => {
    await using server = hosting({ "PUT content": () => envelope(413, "INVALID_INPUT", "large") });
    const attempt = () => deploy(server, {}, { files: { "index.html": "x".repeat(2048) } });
    const error = await assertRejects(attempt, FileError);
    assertEquals(error.message, "index.html (2.0 KiB) is larger than the backend accepts.");
  });

  it("says that a file changed, when the backend refuses it for that", async () => {
    const folder: string[] = [];
    await using server = hosting({
      "PUT content": async () => {
        await Deno.writeTextFile(`${folder[0]}/dist/index.html`, "longer than before");
        return envelope(400, "INVALID_INPUT", "The hash differs");
      },
    });
    const attempt = () =>
      deploy(server, {}, { files: { "index.html": "x" }, prepare: (cwd) => folder.push(cwd) });
    const error = await assertRejects(attempt, FileError);
    assertStringIncludes(error.message, "index.html changed");
  });
});

describe("deployments deploy to a backend that takes archives alone", () => {
  it("R41: sends the archive to the presigned address without a bearer, then starts", async () => {
    await using store = stubServer(() => new Response(null, { status: 204 }));
    await using server = hosting({
      "POST direct": () => envelope(404, "NOT_FOUND", ""),
      "POST deployments": () =>
        Response.json({
          id: ID,
          uploadUrl: `${store.url}/bucket`,
          uploadFields: { key: "k", policy: "p" },
        }, { status: 201 }),
    });
    await deploy(server);
    assertEquals(targets(server).slice(0, 3), ["POST /direct", "POST ", `POST /${ID}/start`]);
    const [upload] = store.requests;
    assertEquals(upload!.headers.get("authorization"), null);
    assertMatch(upload!.headers.get("content-length")!, /^\d+$/);
    const order = ["key", "policy", "file"].map((name) => upload!.body.indexOf(`name="${name}"`));
    assertEquals(order, order.toSorted((a, b) => a - b));
    assertStringIncludes(
      upload!.body,
      'filename="deployment.zip"\r\nContent-Type: application/zip',
    );
  });

  it("R3: says why the object store refuses the archive, and does not start", async () => {
    const xml = "<Error><Code>AccessDenied</Code><Message>Policy expired</Message></Error>";
    await using store = stubServer(() => new Response(xml, { status: 403 }));
    await using server = hosting({
      "POST direct": () => envelope(404, "NOT_FOUND", ""),
      "POST deployments": () =>
        Response.json({ id: ID, uploadUrl: store.url, uploadFields: {} }, { status: 201 }),
    });
    const error = await assertRejects(() => deploy(server), HttpError);
    assertEquals([error.code, error.exitCode], ["AccessDenied", 1]);
    assertStringIncludes(error.message, "Policy expired");
    assertEquals(count(server, /start$/), 0);
  });
});
