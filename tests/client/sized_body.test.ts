import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sizedForm } from "../../src/client/form.ts";
import { HttpClient } from "../../src/client/http.ts";
import { objectStoreClient } from "../../src/client/object_store.ts";
import { systemClock } from "../../src/core/clock.ts";
import { HttpError, NetworkError, OperationError } from "../../src/core/errors.ts";
import { faultProxy } from "../support/fault_proxy.ts";
import { stubServer } from "../support/stub_server.ts";

const surroundings = {
  clock: { ...systemClock, sleep: () => Promise.resolve() },
  signal: new AbortController().signal,
  userAgent: "insforge-cli/0.0.0-test",
};

/** A body of `count` chunks of `size` bytes each. */
function bodyOf(count: number, size: number) {
  return {
    size: count * size,
    async *open() {
      for (let index = 0; index < count; index++) yield new Uint8Array(size).fill(65 + index);
    },
  };
}

const form = () =>
  sizedForm({ key: "a/b", "odd name": "ü" }, {
    field: "file",
    filename: "deployment.zip",
    contentType: "application/zip",
    ...bodyOf(2, 3),
  });

describe("an object store", () => {
  it("is on the web", () => {
    for (const address of ["ftp://store.example/x", "file:///etc/passwd", "/relative", "x"]) {
      assertThrows(() => objectStoreClient(address, surroundings), OperationError, "no http(s)");
    }
  });
});

describe("a body of known length", () => {
  it("R41: reaches an object store with its length and without a bearer, fields first", async () => {
    await using store = stubServer(() => new Response(null, { status: 204 }));
    const client = objectStoreClient(`${store.url}/bucket`, surroundings);
    const sent = form();
    const response = await client.stream("POST", `${store.url}/bucket`, sent);
    assertEquals(response.status, 204);
    const [{ headers, body }] = [store.requests[0]!];
    assertEquals(headers.get("content-length"), String(sent.body.size));
    assertEquals(headers.get("transfer-encoding"), null);
    assertEquals(headers.get("authorization"), null);
    const parsed = await new Response(body, {
      headers: { "content-type": headers.get("content-type")! },
    }).formData();
    assertEquals([...parsed.keys()], ["key", "odd name", "file"]);
    assertEquals(parsed.get("odd name"), "ü");
    const file = parsed.get("file") as File;
    assertEquals([file.name, file.type, await file.text()], [
      "deployment.zip",
      "application/zip",
      "AAABBB",
    ]);
  });

  it("may come with chunks that hold nothing", async () => {
    await using store = stubServer(() => new Response());
    const chunks = ["", "a", "", "b", ""].map((text) => new TextEncoder().encode(text));
    const body = { size: 2, open: () => ReadableStream.from(chunks) };
    const response = await objectStoreClient(store.url, surroundings)
      .stream("PUT", store.url, { body });
    await response.body?.cancel();
    assertEquals(store.requests[0]!.body, "ab");
  });

  it("is sent anew when the server is busy", async () => {
    let tries = 0;
    await using store = stubServer(() => new Response(null, { status: ++tries < 3 ? 503 : 200 }));
    const client = objectStoreClient(store.url, surroundings);
    const response = await client.stream("POST", store.url, { ...form(), idempotent: true });
    await response.body?.cancel();
    assertEquals(store.requests.map(({ body }) => body.includes("AAABBB")), [true, true, true]);
  });

  it("says what an object store says, in XML", async () => {
    const xml = "<Error><Code>EntityTooLarge</Code><Message>Too large</Message></Error>";
    await using store = stubServer(() => new Response(xml, { status: 400 }));
    const client = objectStoreClient(store.url, surroundings);
    const error = await assertRejects(() => client.stream("POST", store.url, form()), HttpError);
    assertEquals(error.code, "EntityTooLarge");
    assertEquals(error.message.endsWith("Too large"), true);
  });

  it("R5: fails with the host and the cause when nobody listens", async () => {
    const { url } = await (async () => {
      await using gone = stubServer(() => new Response());
      return { url: gone.url };
    })();
    const attempt = () => objectStoreClient(url, surroundings).stream("POST", url, form());
    const error = await assertRejects(attempt, NetworkError);
    assertEquals(error.message.includes("refused"), true, error.message);
  });

  it("R5: fails at once when the answer breaks off", async () => {
    // What cannot be compressed, so that there is something to break off.
    const key = crypto.getRandomValues(new Uint8Array(1000)).toHex();
    await using server = stubServer(() => Response.json({ key }));
    await using proxy = faultProxy(server.url);
    const client = objectStoreClient(proxy.url, surroundings);
    for (const kind of ["cut", "reset"] as const) {
      proxy.next({ kind, afterBytes: 100, of: "body" });
      const options = { ...form(), timeoutMs: 5_000 };
      const error = await assertRejects(() => client.json("PUT", proxy.url, options), NetworkError);
      assertStringIncludes(error.message, "was reset before the answer was complete");
    }
  });

  it("R39: gives up after the time limit, also while it is sent", async () => {
    const over = Promise.withResolvers<Response>();
    // Neither reads nor answers.
    const silent = () => over.promise;
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      silent,
    );
    const url = `http://127.0.0.1:${server.addr.port}`;
    const client = new HttpClient({
      ...surroundings,
      baseUrl: url,
      bearer: () => Promise.resolve(undefined),
      toError: () => {
        throw new Error("not asked");
      },
    });
    const attempt = () =>
      client.stream("PUT", "/", { body: bodyOf(64, 1024 * 1024), timeoutMs: 200 });
    const error = await assertRejects(attempt, NetworkError);
    over.resolve(new Response());
    assertEquals(error.message.includes("0.2 s"), true, error.message);
  });
});
