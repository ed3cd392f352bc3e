/** What handlers answer under plain Deno, and what they answer as functions of the backend. */
import { assertEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

interface Case {
  /** The body of a handler of `request`. */
  readonly handler: string;
  readonly query?: string;
  readonly init?: () => RequestInit;
}

const form = () => {
  const data = new FormData();
  data.append("name", "Ada");
  data.append("name", "Grace");
  data.append("file", new File([new Uint8Array([0, 255, 10])], "a.bin"));
  return data;
};
const post = (body: () => BodyInit, headers: HeadersInit = {}) => () => ({
  method: "POST",
  body: body(),
  headers,
});
const SUM = `const bytes = await request.bytes();
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Response(new Uint8Array(digest).toHex() + " " + bytes.length);`;

const CASES: Readonly<Record<string, Case>> = {
  text: { handler: `return new Response("text ü");` },
  json: { handler: `return Response.json({ a: [1, null, "ü"] }, { status: 201 });` },
  nothing: { handler: `return new Response(null, { status: 204, headers: { "x-a": "1" } });` },
  redirect: { handler: `return Response.redirect("https://example.com/x?y=1", 307);` },
  cookies: {
    handler: `const headers = new Headers({ "x-own": "1", "x-own2": "2" });
      headers.append("set-cookie", "a=1; Path=/");
      headers.append("set-cookie", "b=2; HttpOnly");
      return new Response("set", { headers });`,
  },
  address: {
    handler: `const { pathname, search, searchParams } = new URL(request.url);
      return Response.json([request.method, pathname, search, searchParams.getAll("a")]);`,
    query: "?a=1&a=%C3%BC&b",
  },
  headers: {
    handler: `const names = ["authorization", "cookie", "x-own", "content-type", "accept"];
      return Response.json(names.map((name) => request.headers.get(name)));`,
    init: () => ({ headers: { authorization: "Bearer x", cookie: "a=b", "x-own": "1, 2" } }),
  },
  "json-sent": {
    handler: `return Response.json({ got: await request.json() });`,
    init: post(() => '{"a":{"b":[1.5,"ü"]}}', { "content-type": "application/json" }),
  },
  "form-sent": {
    handler: `return Response.json([...await request.formData()]);`,
    init: post(() => new URLSearchParams("a=1&a=2&b=%C3%BC")),
  },
  "files-sent": {
    handler: `const data = await request.formData();
      const file = data.get("file");
      return Response.json([data.getAll("name"), file.name, [...await file.bytes()]]);`,
    init: post(form),
  },
  "bytes-sent": {
    handler:
      `return new Response(await request.bytes(), { headers: { "content-type": "image/png" } });`,
    init: post(() => new Uint8Array([0, 1, 254, 255])),
  },
  "much-sent": { handler: SUM, init: post(() => new Uint8Array(1_000_000).fill(7)) },
  put: {
    handler: `return new Response(request.method + await request.text());`,
    init: () => ({ method: "PUT", body: "text" }),
  },
  delete: {
    handler: `return new Response(request.method, { status: 202 });`,
    init: () => ({ method: "DELETE" }),
  },
  head: {
    handler: `return new Response("not sent", { headers: { "x-method": request.method } });`,
    init: () => ({ method: "HEAD" }),
  },
  options: {
    handler: `return new Response(request.method, { headers: { allow: "GET" } });`,
    init: () => ({ method: "OPTIONS" }),
  },
  "not-found": {
    handler: `return new Response("<p>none</p>",
        { status: 404, headers: { "content-type": "text/html; charset=utf-8" } });`,
  },
  chunks: {
    handler: `const encoder = new TextEncoder();
      return new Response(new ReadableStream({
        async start(controller) {
          for (const part of ["a", "ü", "c"]) {
            controller.enqueue(encoder.encode(part));
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          controller.close();
        },
      }));`,
  },
  packed: {
    handler:
      `const packed = new Blob(["packed"]).stream().pipeThrough(new CompressionStream("gzip"));
      return new Response(packed, { headers: { "content-encoding": "gzip" } });`,
  },
  deflated: {
    handler:
      `const packed = new Blob(["packed"]).stream().pipeThrough(new CompressionStream("deflate"));
      return new Response(packed, { headers: { "content-encoding": "deflate" } });`,
  },
  "packed-wrongly": {
    handler: `const stream = new Blob(["text"]).stream();
      return new Response(stream, { headers: { "content-encoding": "zstd" } });`,
  },
  "of-a-length": {
    handler: `const stream = new Blob(["12345"]).stream();
      return new Response(stream, { headers: { "content-length": "5" } });`,
  },
  "seen-headers": {
    handler: `return Response.json([...request.headers].map(([name, value]) =>
        [name, name === "host" ? value.replace(/\\d+$/, "") : value]));`,
    init: post(() => "text", { "accept-encoding": "br;q=0.5, gzip", range: "bytes=0-1" }),
  },
  "seen-copy": {
    handler: `const copy = request.clone();
      return Response.json([await copy.text(), await request.text(), copy.url === request.url]);`,
    init: post(() => "text"),
  },
  unchanged: {
    handler: `return new Response(null, { status: 304, headers: { etag: '"a"' } });`,
  },
  variables: {
    handler: `Deno.env.set("OF_DENO", "1");
      process.env.OF_NODE = "2";
      const seen = [process.env.OF_DENO, Deno.env.get("OF_NODE"), "OF_DENO" in process.env];
      delete process.env.OF_DENO;
      return Response.json([seen, Deno.env.get("OF_DENO") ?? null]);`,
  },
  page: {
    handler: `const names = ["location", "WorkerGlobalScope", "importScripts", "postMessage"];
      return Response.json(names.map((name) => typeof globalThis[name]));`,
  },
  "redirect-nowhere": { handler: `return Response.redirect("/elsewhere");` },
  passed: {
    handler: `return new Response(request.body, { headers: { "content-type": "text/x-own" } });`,
    init: post(() => "passed on"),
  },
  web: {
    handler: `const key = await crypto.subtle.importKey(
        "raw", new TextEncoder().encode("key"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      const signed = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode("text"));
      const { promise, resolve } = Promise.withResolvers();
      queueMicrotask(() => resolve(structuredClone(new Map([[1, btoa("ü")]]))));
      return Response.json([new Uint8Array(signed).toBase64(), [...await promise]]);`,
  },
  throws: { handler: `throw new Error("mine");` },
  "used-twice": {
    handler: `await request.text(); return new Response(await request.text());`,
    init: post(() => "x"),
  },
  "no-response": { handler: `return "text";` },
};
/** What each server adds by itself. */
const OF_SERVERS = ["date", "vary", "transfer-encoding"];
const OF_INSFORGE = ["access-control-allow-origin"];
/** A stream that fails once it is asked to. */
const BREAKING = `
  if (new URL(request.url).search === "?break") {
    globalThis.open.error(new Error("broken"));
    return new Response("broken");
  }
  return new Response(new ReadableStream({
    start(controller) {
      globalThis.open = controller;
      controller.enqueue(new TextEncoder().encode("first"));
    },
  }));`;

const REFUSING = `return new Response("too large", { status: 413 });`;

let backend: TestBackend;
let plain: Deno.ChildProcess;
let plainUrl: string;
let said: ReadableStreamDefaultReader<string>;
let folder: string;

const moduleOf = (handler: string) => `export default async (request) => { ${handler} };`;

async function outcome(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { ...init, redirect: "manual" });
  const body = await response.text();
  const headers = [...response.headers]
    .filter(([name]) => ![...OF_SERVERS, ...OF_INSFORGE].includes(name));
  return { status: response.status, headers, body };
}

describe("functions answer as under plain Deno", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir({ prefix: "insforge-test-" });
    const handlers = { ...CASES, breaking: { handler: BREAKING }, refusing: { handler: REFUSING } };
    for (const [name, { handler }] of Object.entries(handlers)) {
      await Deno.writeTextFile(`${folder}/${name}.js`, moduleOf(handler));
    }
    const names = JSON.stringify(Object.keys(handlers));
    await Deno.writeTextFile(
      `${folder}/main.js`,
      `const handlers = {};
       for (const name of ${names}) handlers[name] = (await import("./" + name + ".js")).default;
       Deno.serve(
         { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) },
         (request) => handlers[new URL(request.url).pathname.slice(1)](request),
       );`,
    );
    plain = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-config", "--no-lock", "--allow-all", `${folder}/main.js`],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    said = plain.stdout.pipeThrough(new TextDecoderStream()).getReader();
    plainUrl = `http://127.0.0.1:${(await said.read()).value!.trim()}`;
    backend = await startBackend();
    for (const [slug, { handler }] of Object.entries(handlers)) {
      await backend.request("POST", "/api/functions", {
        slug,
        name: slug,
        code: moduleOf(handler),
      });
    }
  });
  afterAll(async () => {
    plain.kill();
    await said.cancel();
    await plain.status;
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  });

  for (const [name, { query = "", init }] of Object.entries(CASES)) {
    it(name, async () => {
      const there = await outcome(`${plainUrl}/${name}${query}`, init?.());
      const here = await outcome(`${backend.url}/functions/${name}${query}`, init?.());
      if (name === "passed" && !/^2\.[0-8]\./.test(Deno.version.deno)) {
        // Deno 2.9 knows how long a body is that is passed on; a function's process does not.
        there.headers = there.headers.filter(([name]) => name !== "content-length");
      }
      if (there.status !== 500) return assertEquals(here, there);
      // Errors are told as JSON, as InsForge tells them.
      assertEquals(here.status, 500);
      assertEquals(Object.keys(JSON.parse(here.body)), ["error"]);
    });
  }

  it("a body that breaks off breaks off", async () => {
    for (const url of [`${plainUrl}/breaking`, `${backend.url}/functions/breaking`]) {
      const reader = (await fetch(url)).body!.getReader();
      assertEquals(new TextDecoder().decode((await reader.read()).value), "first");
      assertEquals(await (await fetch(`${url}?break`)).text(), "broken");
      await assertRejects(() => reader.read());
    }
  });

  it("an upload that is not read does not take its refusal along, as plain Deno's may", async () => {
    const body = new Uint8Array(20_000_000);
    const response = await fetch(`${backend.url}/functions/refusing`, { method: "POST", body });
    assertEquals([response.status, await response.text()], [413, "too large"]);
  });
});
