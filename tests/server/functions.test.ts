import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  functionResponseSchema,
  functionSchema,
  listFunctionsResponseSchema,
} from "@insforge/shared-schemas";
import { toFileUrl } from "@std/path";
import { createClient } from "@insforge/sdk";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { stubServer } from "../support/stub_server.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";

let backend: TestBackend;

const HELLO = `
  interface Body { name: string }
  export default async function (request: Request): Promise<Response> {
    const body: Body = await request.json();
    return Response.json({ hello: body.name });
  }
`;

const create = (slug: string, code: string) =>
  backend.request("POST", "/api/functions", { slug, name: slug, code });
const call = (slug: string, init?: RequestInit) => fetch(`${backend.url}/functions/${slug}`, init);

async function statusOf(slug: string): Promise<number> {
  const { status, body } = await call(slug);
  await body?.cancel();
  return status;
}

describe("functions", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry([
      { manifest: { name: "native", version: "1.0.0", gypfile: true, main: "x.js" } },
      {
        manifest: {
          name: "greeting",
          version: "1.2.0",
          main: "x.js",
          dependencies: { word: "^2" },
        },
        files: { "x.js": 'exports.greet = (name) => require("word") + " " + name;' },
      },
      {
        manifest: {
          name: "word",
          version: "2.1.0",
          exports: { import: "./i.js", require: "./r.js" },
        },
        files: { "r.js": 'module.exports = "Good day";', "i.js": "export default 0" },
      },
    ]);
    backend = await startBackend({ packages: registry });
  });
  afterAll(async () => {
    await backend.close();
    await registry[Symbol.asyncDispose]();
  });

  it("import packages of npm, though they came by themselves", async () => {
    await create(
      "greets",
      `import { greet } from "npm:greeting@1"; export default () => new Response(greet("Ada"))`,
    );
    assertEquals(await (await call("greets")).text(), "Good day Ada");
  });

  it("are created, listed without code, read, changed and deleted", async () => {
    const created = await create("hello", HELLO);
    assertEquals(created.status, 201);
    functionResponseSchema.parse(created.body);
    assertEquals(created.body.deployment, null);
    const listed = await backend.request("GET", "/api/functions");
    assertEquals(listed.body.runtime, { status: "running" });
    const [entry] = listed.body.functions;
    assertEquals("code" in entry, false);
    listFunctionsResponseSchema.parse({
      ...listed.body,
      functions: [{ ...entry, code: "" }],
    });
    const read = await backend.request("GET", "/api/functions/hello");
    assertEquals(functionSchema.parse(read.body).code, HELLO);
    const changed = await backend.request("PUT", "/api/functions/hello", {
      name: "Other",
      description: "",
    });
    assertEquals(changed.body.function.description, "");
    assertEquals(changed.body.function.name, "Other");
    assertEquals(changed.body.function.deployedAt, created.body.function.deployedAt);
    assertEquals((await backend.request("DELETE", "/api/functions/hello")).body.success, true);
    for (const method of ["GET", "DELETE"]) {
      const answer = await backend.request(method, "/api/functions/hello");
      assertEquals([answer.status, answer.body.error], [404, "FUNCTION_NOT_FOUND"]);
    }
  });

  it("that cannot be are refused: what is wrong, as a list, with 400", async () => {
    const refused = await backend.request("POST", "/api/functions", {
      slug: "a b",
      name: "x",
      code: HELLO,
    });
    assertEquals([refused.status, refused.body.error], [400, "INVALID_INPUT"]);
    assertEquals(JSON.parse(refused.body.message)[0].path, ["slug"]);
    const reserved = await create("health", HELLO);
    assertEquals([reserved.status, reserved.body.error], [400, "INVALID_INPUT"]);
    const derived = await backend.request("POST", "/api/functions", {
      name: "Health",
      code: HELLO,
    });
    assertEquals([derived.status, derived.body.error], [400, "FUNCTION_SLUG_RESERVED"]);
    await using elsewhere = stubServer(() => {
      const headers = { location: toFileUrl(`${backend.dataDir}/keys.json`).href };
      return new Response(null, { status: 302, headers });
    });
    await create("taken", HELLO);
    const again = await create("taken", HELLO);
    assertEquals([again.status, again.body.error], [409, "FUNCTION_ALREADY_EXISTS"]);
    for (
      const [code, named] of [
        ['import x from "npm:absent"; export default () => x', "absent answered 404"],
        [
          'import x from "npm:native"; export default () => x',
          "npm:native@1.0.0 needs native code",
        ],
        ['import { y } from "./other.ts"; export default () => y', "./other.ts"],
        ['import vm from "node:vm"; export default () => vm', "node:vm"],
        [
          'export default async () => await import("http://127.0.0.1:1/x.js")',
          "127.0.0.1:1 cannot",
        ],
        [
          `import keys from "${elsewhere.url}/a.json" with { type: "json" }; export default () => keys`,
          "no address of the web",
        ],
        ["Deno.serve(() => new Response())", "Deno.serve"],
        ["export default (", "wrong.ts:1:"],
        ["const a = 1; const a = 2;", '"a"'],
      ] as const
    ) {
      const answer = await create("wrong", code);
      assertEquals(answer.status, 400, code);
      assertStringIncludes(answer.body.message, named);
    }
  });

  it("belong to the project's owner, and answer everybody", async () => {
    const anonymous = await backend.request("GET", "/api/functions", undefined, { key: null });
    assertEquals(anonymous.status, 401);
    await create("open", "export default () => new Response('yes', { status: 202 })");
    const answer = await call("open", { method: "POST" });
    assertEquals([answer.status, await answer.text()], [202, "yes"]);
    assertEquals(answer.headers.get("access-control-allow-origin"), "*");
  });

  it("answer in both forms, with what each of them is given", async () => {
    await create("typed", HELLO);
    const typed = await call("typed", { method: "POST", body: '{"name":"Ada"}' });
    assertEquals(await typed.json(), { hello: "Ada" });
    await create(
      "script",
      `module.exports = async function (req) {
        const text = new TextDecoder().decode(decodeBase64(encodeBase64("abc")));
        return new Response(typeof createClient + text + (await req.json()).constructor.name);
      }`,
    );
    assertEquals(await (await call("script", { method: "PUT" })).text(), "functionabcObject");
    await create(
      "object",
      `import { createHash } from "node:crypto";
       enum Kind { a = 2 }
       export default { fetch: () => new Response(createHash("md5").update("").digest("hex") + Kind.a) }`,
    );
    assertEquals(await (await call("object")).text(), "d41d8cd98f00b204e9800998ecf8427e2");
  });

  it("reach the database through the official SDK, and are called through it", async () => {
    await backend.sql("CREATE TABLE visits (id int PRIMARY KEY)");
    await create(
      "count",
      `import Client, { createClient } from "npm:@insforge/sdk";
       export default async (request: Request) => {
         const client = createClient({
           baseUrl: Deno.env.get("INSFORGE_BASE_URL"),
           anonKey: Deno.env.get("ANON_KEY"),
         });
         const is = client instanceof Client;
         const { name } = await request.json();
         return Response.json({ has: typeof client.database.from, is, name });
       }`,
    );
    const client = createClient({ baseUrl: backend.url, anonKey: backend.anonKey });
    const { data, error } = await client.functions.invoke("count", { body: { name: "Ada" } });
    assertEquals([data, error], [{ has: "function", is: true, name: "Ada" }, null]);
  });

  it("keep WebSockets: text, bytes, protocols and codes, or what refuses one", async () => {
    await create(
      "socket",
      `export default (request: Request) => {
         if (request.headers.get("cookie") !== "a=b") return new Response("no", { status: 401 });
         const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "second" });
         socket.onopen = () => socket.send("open " + new URL(request.url).search);
         socket.onmessage = ({ data }) =>
           data === "end" ? socket.close(4001, "was asked") : socket.send(data);
         return response;
       };`,
    );
    const address = `${backend.url.replace("http", "ws")}/functions/socket?x=1`;
    const connect = (cookie: string) =>
      new WebSocket(address, { headers: { cookie }, protocols: ["first", "second"] });
    const socket = connect("a=b");
    socket.binaryType = "arraybuffer";
    const got: unknown[] = [];
    const closed = Promise.withResolvers<CloseEvent>();
    socket.onclose = closed.resolve;
    socket.onmessage = ({ data }) => {
      got.push(typeof data === "string" ? data : new Uint8Array(data));
      if (got.length === 3) socket.send("end");
    };
    socket.onopen = () => {
      socket.send("text");
      socket.send(new Uint8Array([0, 255]));
    };
    const { code, reason } = await closed.promise;
    assertEquals(got, ["open ?x=1", "text", new Uint8Array([0, 255])]);
    assertEquals([socket.protocol, code, reason], ["second", 4001, "was asked"]);
    const refused = Promise.withResolvers<Event>();
    connect("").onerror = refused.resolve;
    assertMatch((await refused.promise as ErrorEvent).message, /401/);
  });

  it("may serve by Node's http, and are told what Deno has elsewhere", async () => {
    await create(
      "node",
      `import { createServer } from "node:http";
       import { hostname } from "node:os";
       const host = hostname();
       createServer((request, response) => {
         response.setHeader("set-cookie", ["a=1", "b=2"]);
         response.end(request.method + " " + request.url + " " + host);
       }).listen(3000);`,
    );
    const response = await call("node?x=1");
    assertEquals(await response.text(), "GET /node?x=1 localhost");
    assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
    // As Fastify does it, and builds for browsers; see tests/e2e/functions_isolation.test.ts.
    await create(
      "later",
      `import { createServer } from "node:http";
       const kind = new Function("return { kind: 'array' }")();
       kind.__proto__ = Array.prototype;
       const server = createServer((request, response) => response.end(kind.kind + (kind instanceof Array)));
       setTimeout(() => server.listen(3000), 20);`,
    );
    assertEquals(await (await call("later")).text(), "arraytrue");
    await create(
      "files",
      `export default () => new Response(Deno.readTextFileSync("/etc/hosts"));`,
    );
    assertEquals(await (await call("files")).json(), {
      error: "Deno.readTextFileSync cannot be had: edge functions have no access to files",
    });
  });

  it("may keep WebSockets by Node's http, as ws does", async () => {
    await create(
      "upgraded",
      `import { createHash } from "node:crypto";
       import { createServer } from "node:http";
       const server = createServer();
       server.on("upgrade", ({ headers, url }, socket) => {
         const key = headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
         socket.write([
           "HTTP/1.1 101 Switching Protocols",
           "Upgrade: websocket",
           "Connection: Upgrade",
           "Sec-WebSocket-Accept: " + createHash("sha1").update(key).digest("base64"),
           "\\r\\n",
         ].join("\\r\\n"));
         const text = Buffer.from(url + headers.cookie);
         socket.write(Buffer.from([0x81, text.length, ...text]));
         socket.once("data", () => socket.end(Buffer.from([0x88, 2, 0x0f, 0xa1])));
       });
       server.listen(3000);`,
    );
    const socket = new WebSocket(`${backend.url.replace("http", "ws")}/functions/upgraded?x=1`, {
      headers: { cookie: "a=b" },
    });
    const got: unknown[] = [];
    const closed = Promise.withResolvers<CloseEvent>();
    socket.onclose = closed.resolve;
    socket.onmessage = ({ data }) => {
      got.push(data);
      socket.send("end");
    };
    assertEquals([(await closed.promise).code, got], [4001, ["/upgraded?x=1a=b"]]);
  });

  it("get the request as it was sent", async () => {
    await create(
      "echo",
      `export default async (request: Request) =>
        Response.json({
          method: request.method,
          path: new URL(request.url).pathname + new URL(request.url).search,
          headers: Object.fromEntries(request.headers),
          bytes: [...new Uint8Array(await request.arrayBuffer())],
        })`,
    );
    const answer = await call("echo?a=1&a=2", {
      method: "PATCH",
      headers: { authorization: "Bearer mine", "x-custom": "ü".normalize() },
      body: new Uint8Array([0, 255, 1]),
    });
    const seen = await answer.json();
    assertEquals([seen.method, seen.path, seen.bytes], ["PATCH", "/echo?a=1&a=2", [0, 255, 1]]);
    assertEquals(seen.headers.authorization, "Bearer mine");
    assertEquals("x-insforge-invocation" in seen.headers, false);
    assertEquals(await statusOf("echo/more"), 404);
  });

  it("decide on every header of the answer", async () => {
    await create(
      "headers",
      `export default () => new Response(null, { status: 304, headers: [
        ["set-cookie", "a=1"], ["set-cookie", "b=2"], ["etag", "x"],
        ["access-control-allow-origin", "https://a.example"]] })`,
    );
    const answer = await call("headers");
    assertEquals(answer.status, 304);
    assertEquals(answer.headers.getSetCookie(), ["a=1", "b=2"]);
    assertEquals(answer.headers.get("access-control-allow-origin"), "https://a.example");
  });

  it("say what went wrong", async () => {
    await create(
      "fails",
      `export default (request: Request) => {
        const what = new URL(request.url).searchParams.get("what");
        if (what === "status") throw Object.assign(new Error("teapot"), { status: 418 });
        if (what === "response") throw new Response("thrown", { status: 403 });
        if (what === "nothing") return undefined;
        setTimeout(() => { throw new Error("late") });
        Promise.reject(new Error("later"));
        throw new Error("broken");
      }`,
    );
    for (
      const [what, status, body] of [
        ["status", 418, '{"error":"teapot"}'],
        ["response", 403, "thrown"],
        ["nothing", 500, '{"error":"The function did not return a Response"}'],
        ["error", 500, '{"error":"broken"}'],
        ["error", 500, '{"error":"broken"}'],
      ] as const
    ) {
      const answer = await call(`fails?what=${what}`);
      assertEquals([answer.status, await answer.text()], [status, body]);
    }
    await create("empty", "export const nothing = 1");
    const empty = await call("empty");
    assertEquals(empty.status, 500);
    assertStringIncludes((await empty.json()).error, "exports no function");
    await create("loads", "throw new Error('at the top'); export default () => 1");
    assertMatch((await (await call("loads")).json()).error, /at the top/);
    assertEquals(await statusOf("absent"), 404);
    await backend.request("PUT", "/api/functions/typed", { status: "draft" });
    assertEquals(await statusOf("typed"), 404);
  });

  it("run what was deployed last, with the secrets of now", async () => {
    await create("current", "export default () => new Response('one ' + Deno.env.get('TOKEN'))");
    assertEquals(await (await call("current")).text(), "one undefined");
    await backend.request("POST", "/api/secrets", { key: "TOKEN", value: "first" });
    assertEquals(await (await call("current")).text(), "one first");
    await backend.request("PUT", "/api/secrets/TOKEN", { value: "second" });
    assertEquals(await (await call("current")).text(), "one second");
    await backend.request("PUT", "/api/functions/current", {
      code:
        "const token = Deno.env.get('TOKEN'); export default () => new Response('two ' + token)",
    });
    assertEquals(await (await call("current")).text(), "two second");
    await backend.request("DELETE", "/api/secrets/TOKEN");
    assertEquals(await (await call("current")).text(), "two undefined");
    await backend.request("DELETE", "/api/functions/current");
    assertEquals(await statusOf("current"), 404);
  });

  it("stream both ways", async () => {
    await create(
      "stream",
      `export default (request: Request) => new Response(request.body!.pipeThrough(
        new TransformStream({ transform: (chunk, out) => out.enqueue(chunk.map((b) => b + 1)) })))`,
    );
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const answered = call("stream", { method: "POST", body: readable });
    await writer.write(new Uint8Array([1]));
    const reader = (await answered).body!.getReader();
    assertEquals(await reader.read(), { done: false, value: new Uint8Array([2]) });
    await writer.write(new Uint8Array([5]));
    assertEquals((await reader.read()).value, new Uint8Array([6]));
    await writer.close();
    assert((await reader.read()).done);
  });

  it("are called fifty at a time", async () => {
    await create(
      "many",
      `export default async (request: Request) => {
        const n = new URL(request.url).searchParams.get("n");
        await new Promise((resolve) => setTimeout(resolve, 50));
        console.log("call", n);
        return new Response(n);
      }`,
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => await (await call(`many?n=${n}`)).text()),
    );
    assertEquals(answers, Array.from({ length: 50 }, (_, n) => String(n)));
  });
});
