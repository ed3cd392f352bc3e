import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { faultProxy, rawResponse } from "./fault_proxy.ts";
import { stubServer } from "./stub_server.ts";

const BODY = "a body of some length, über";

describe("the fault proxy", () => {
  it("passes requests on, and remembers them", async () => {
    await using server = stubServer(({ body }) => new Response(body));
    await using proxy = faultProxy(server.url);
    const response = await fetch(`${proxy.url}/a?b=c`, {
      method: "POST",
      body: BODY,
      headers: { "x-mark": "1" },
    });
    assertEquals(await response.text(), BODY);
    assertEquals(server.requests.length, 1);
    const [request] = proxy.requests;
    assertEquals([request!.method, request!.target], ["POST", "/a?b=c"]);
    assertEquals(request!.headers.get("x-mark"), "1");
  });

  it("resets before a response, and within one", async () => {
    await using server = stubServer(() => new Response(BODY));
    await using proxy = faultProxy(server.url);
    for (const afterBytes of [0, 20]) {
      proxy.next({ kind: "reset", afterBytes });
      assertEquals(await readToEnd(proxy.url), { bytes: afterBytes, end: "reset" });
    }
    proxy.next({ kind: "cut", afterBytes: 20 });
    assertEquals(await readToEnd(proxy.url), { bytes: 20, end: "closed" });
  });

  it("shortens a body, whether its length was sent ahead or not", async () => {
    const stream = () => new Blob([BODY]).stream();
    for (const body of [BODY, stream]) {
      await using server = stubServer(() => new Response(body === BODY ? BODY : stream()));
      await using proxy = faultProxy(server.url);
      proxy.next({ kind: "truncate", afterBytes: 6 });
      assertEquals(await (await fetch(proxy.url)).text(), BODY.slice(0, 6));
    }
  });

  it("counts the bytes of a response of its own", async () => {
    await using server = stubServer(() => new Response());
    await using proxy = faultProxy(server.url);
    proxy.strike(({ target }) => ({
      kind: "respond",
      response: rawResponse(429, `${BODY} ${target}`, { "retry-after": "7" }),
    }));
    const response = await fetch(`${proxy.url}/x`, { method: "POST", body: BODY });
    assertEquals([response.status, response.headers.get("retry-after")], [429, "7"]);
    assertEquals(await response.text(), `${BODY} /x`);
  });

  it("refuses connections", async () => {
    await using server = stubServer(() => new Response());
    await using proxy = faultProxy(server.url);
    proxy.refuse();
    await assertRejects(() => fetch(proxy.url), TypeError);
  });

  it("ends with a stalled connection open", async () => {
    await using server = stubServer(() => new Response(BODY));
    const proxy = faultProxy(server.url);
    proxy.next({ kind: "stall", afterBytes: 20 });
    const waiting = assertRejects(() => fetch(proxy.url), TypeError);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await proxy[Symbol.asyncDispose]();
    await waiting;
  });
});

/** What a client gets that reads to the end, and how that comes. */
async function readToEnd(url: string): Promise<{ bytes: number; end: "reset" | "closed" }> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
  const buffer = new Uint8Array(1024);
  let bytes = 0;
  try {
    for (let count = await connection.read(buffer); count; count = await connection.read(buffer)) {
      bytes += count;
    }
    return { bytes, end: "closed" };
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset) return { bytes, end: "reset" };
    throw error;
  }
}
