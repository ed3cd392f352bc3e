/** HTTP over an open connection, with Deno's own server and with servers that misbehave. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { HttpConnection } from "../../src/core/http_connection.ts";

type Answer = (request: Request) => Response | Promise<Response>;

/** Hands `use` a connection to what answers so, and the address. */
async function connectedTo(answer: Answer, use: (at: URL, http: HttpConnection) => Promise<void>) {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const { hostname, port } = server.addr;
  const url = new URL(`http://${hostname}:${port}/`);
  using http = new HttpConnection(url.origin, await Deno.connect({ hostname, port }));
  await use(url, http);
}

/** The same for what says `said` to whoever connects, and hangs up unless it is told to wait. */
async function connectedToText(
  said: string,
  use: (at: URL, http: HttpConnection) => Promise<void>,
  { waits = false } = {},
) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const used = Promise.withResolvers<void>();
  const served = listener.accept().then(async (connection) => {
    using _ = connection;
    await connection.write(new TextEncoder().encode(said));
    if (waits) await used.promise;
    else await connection.closeWrite();
    await used.promise;
  });
  const url = new URL(`http://127.0.0.1:${port}/`);
  using http = new HttpConnection(url.origin, await Deno.connect({ hostname, port }));
  try {
    await use(url, http);
  } finally {
    used.resolve();
    await served;
  }
}

const get = { method: "GET", headers: new Headers() };

describe("HTTP over an open connection", () => {
  it("sends what it is given, one request after another, and reads each answer", async () => {
    const addresses = new Set<string>();
    const answer: Answer = async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const body = await request.text();
      addresses.add(headers.get("x-seen") ?? "");
      return Response.json([method, pathname + search, headers.get("content-type"), body]);
    };
    await connectedTo(answer, async (at, http) => {
      const headers = new Headers({ "x-seen": "one" });
      const text = async (message: Parameters<HttpConnection["send"]>[1], path = "/a?b=c%20d") =>
        await (await http.send(new URL(path, at), message)).json();
      const all = await Promise.all([
        text({ method: "GET", headers }),
        text({ method: "POST", headers, body: JSON.stringify({ "ä": 1 }) }),
        text({ method: "PUT", headers, body: new Uint8Array(300_000).fill(97) }),
        text({ method: "DELETE", headers }, "/"),
      ]);
      assertEquals(all, [
        ["GET", "/a?b=c%20d", null, ""],
        ["POST", "/a?b=c%20d", "text/plain;charset=UTF-8", '{"ä":1}'],
        ["PUT", "/a?b=c%20d", null, "a".repeat(300_000)],
        ["DELETE", "/", null, ""],
      ]);
    });
  });

  it("reads bodies of a known length, in chunks, and none", async () => {
    const long = "x".repeat(200_000);
    const answer: Answer = ({ url }) => {
      switch (new URL(url).pathname) {
        case "/sized":
          return new Response(long, { status: 201, headers: { "x-word": "v" } });
        case "/chunked":
          return new Response(new Blob([long, "é"]).stream());
        default:
          return new Response(null, { status: 204 });
      }
    };
    await connectedTo(answer, async (at, http) => {
      for (let round = 0; round < 2; round++) {
        const sized = await http.send(new URL("/sized", at), get);
        assertEquals([sized.status, sized.headers.get("x-word")], [201, "v"]);
        assertEquals(await sized.text(), long);
        assertEquals(await (await http.send(new URL("/chunked", at), get)).text(), `${long}é`);
        const none = await http.send(new URL("/none", at), get);
        assertEquals([none.status, none.body], [204, null]);
        const head = await http.send(new URL("/sized", at), { ...get, method: "HEAD" });
        assertEquals([head.status, head.body], [201, null]);
      }
    });
  });

  it("goes on after a body that nobody wanted, if that is short", async () => {
    const answer: Answer = ({ url }) =>
      new Response("y".repeat(url.endsWith("long") ? 1_000_000 : 1_000));
    await connectedTo(answer, async (at, http) => {
      await (await http.send(new URL("/short", at), get)).body?.cancel();
      const begun = (await http.send(new URL("/short", at), get)).body!.getReader();
      await begun.read();
      await begun.cancel();
      assertEquals((await (await http.send(new URL("/short", at), get)).text()).length, 1_000);
      await (await http.send(new URL("/long", at), get)).body?.cancel();
      const error = await assertRejects(() => http.send(new URL("/short", at), get), TypeError);
      assertEquals(error.message, "connection closed before message completed");
    });
  });

  it("skips what is said before the answer, and reads up to the end of the connection", async () => {
    const said = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.0 200\r\n\r\nto the end";
    await connectedToText(said, async (at, http) => {
      const answer = await http.send(at, get);
      assertEquals([answer.status, await answer.text()], [200, "to the end"]);
    });
  });

  it("fails for what is no HTTP, or breaks off", async () => {
    const head = "HTTP/1.1 200 OK\r\n";
    const broken = [
      "",
      head,
      "SSH-2.0-OpenSSH\r\n\r\n",
      `${head}content-length: many\r\n\r\n`,
      `${head}${"x: y\r\n".repeat(20_000)}\r\n`,
      `${head}x: ${"y".repeat(200_000)}\r\n\r\n`,
    ];
    for (const said of broken) {
      await connectedToText(said, async (at, http) => {
        await assertRejects(() => http.send(at, get), TypeError);
      });
    }
    const brokenBodies = [
      "content-length: 9\r\n\r\nhalf",
      "transfer-encoding: chunked\r\n\r\n9\r\nhalf",
      "transfer-encoding: chunked\r\n\r\nnone\r\nhalf",
    ];
    for (const said of brokenBodies) {
      await connectedToText(`${head}${said}`, async (at, http) => {
        const answer = await http.send(at, get);
        await assertRejects(() => answer.text(), TypeError);
      });
    }
  });

  it("ends at a signal: while it waits for its turn, for an answer and for a body", async () => {
    const head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n";
    for (const said of ["", head]) {
      await connectedToText(said, async (at, http) => {
        const ending = new AbortController();
        const reason = new Error("enough");
        const first = http.send(at, { ...get, signal: ending.signal });
        const later = http.send(at, { ...get, signal: ending.signal });
        const body = first.then((answer) => answer.text());
        const all = Promise.allSettled([body, later]);
        if (said) await first;
        ending.abort(reason);
        const reasons = (await all).map((settled) => (settled as PromiseRejectedResult).reason);
        assertEquals(reasons, [reason, reason]);
      }, { waits: true });
    }
  });

  it("takes requests to no other server", async () => {
    await connectedTo(() => new Response(), async (at, http) => {
      for (const elsewhere of [`https://${at.host}/`, "http://127.0.0.1:1/", "http://localhost/"]) {
        const sent = () => http.send(new URL(elsewhere), get);
        const { message } = await assertRejects(sent, Deno.errors.NotCapable);
        assert(message.includes(new URL(elsewhere).host), message);
      }
    });
  });
});
