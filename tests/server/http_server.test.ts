import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { DROPS_SLOW_HEADS, HttpServer } from "../../src/server/http/http_server.ts";

/** Sends bytes as they are; answers all that comes until the server closes the connection. */
async function exchange(port: number, ...parts: string[]): Promise<string> {
  using connection = await Deno.connect({ port });
  for (const part of parts) await connection.write(new TextEncoder().encode(part));
  return await new Response(connection.readable).text();
}

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const request = "GET /a HTTP/1.1\r\nhost: localhost\r\n\r\n";
const answer = (request: Request) => new Response(new URL(request.url).pathname);
const limits = { head: 300, nextHead: 300 };

describe("the HTTP server", () => {
  it({
    name: "drops a connection whose head takes too long, and serves others meanwhile",
    ignore: !DROPS_SLOW_HEADS,
  }, async () => {
    const server = new HttpServer([0], answer, limits);
    const slow = ["", "GET /a HTTP/1.1\r\n", "GET /a HTTP/1.1\r\nhost: localhost\r\nx-more: "];
    const dropped = slow.map((part) => exchange(server.port, part));
    const response = await fetch(`http://127.0.0.1:${server.port}/b`);
    assertEquals(await response.text(), "/b");
    assertEquals(await Promise.all(dropped), ["", "", ""]);
    await server.close();
  });

  it(
    { name: "gives the first head no more time for what comes slowly", ignore: !DROPS_SLOW_HEADS },
    async () => {
      const server = new HttpServer([0], answer, { head: 300, nextHead: 600_000 });
      using connection = await Deno.connect({ port: server.port });
      let isOpen = true;
      const closed = new Response(connection.readable).text().catch(() => {})
        .finally(() => isOpen = false);
      while (isOpen) {
        await connection.write(new TextEncoder().encode("x")).catch(() => {});
        await delay(20);
      }
      await closed;
      await server.close();
    },
  );

  it({
    name: "drops a connection that begins a later head and does not end it",
    ignore: !DROPS_SLOW_HEADS,
  }, async () => {
    const server = new HttpServer([0], answer, limits);
    assertMatch(await exchange(server.port, request, "GET /b"), /^HTTP\/1\.1 200 [^]*\/a$/);
    await server.close();
  });

  it("lets an answer take as long as it takes", async () => {
    const server = new HttpServer([0], async (request) => {
      await delay(600);
      const text = await request.text();
      const slowly = new ReadableStream<string>({
        async start(controller) {
          controller.enqueue(text);
          await delay(600);
          controller.enqueue("end");
          controller.close();
        },
      });
      return new Response(slowly.pipeThrough(new TextEncoderStream()));
    }, limits);
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { method: "POST", body: "a" });
    assertEquals(await response.text(), "aend");
    await server.close();
  });

  it("answers who is refused and sends no body, though it was announced", async () => {
    const server = new HttpServer([0], () => new Response("no", { status: 400 }));
    for (const announced of ["content-length: 10", `content-length: ${1024 ** 3}`]) {
      using connection = await Deno.connect({ port: server.port });
      const head = `POST / HTTP/1.1\r\nhost: localhost\r\n${announced}\r\n\r\n`;
      await connection.write(new TextEncoder().encode(head));
      const { value } = await connection.readable.getReader().read();
      assertMatch(new TextDecoder().decode(value), /^HTTP\/1\.1 400/);
    }
    await server.close();
  });

  it("lets a client that is refused send its body first, and keeps the connection", async () => {
    const { promise: refused, resolve } = Promise.withResolvers<void>();
    const server = new HttpServer([0], ({ method }) => {
      if (method === "POST") setTimeout(resolve);
      return new Response("no", { status: method === "POST" ? 400 : 404 });
    });
    using connection = await Deno.connect({ port: server.port });
    const send = connection.writable.getWriter();
    const half = new Uint8Array(1024 * 1024);
    const head = `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${2 * half.length}\r\n\r\n`;
    await send.write(new TextEncoder().encode(head));
    await refused;
    await send.write(half);
    await send.write(half);
    const last = request.replace("host", "connection: close\r\nhost");
    await send.write(new TextEncoder().encode(last));
    const answers = await new Response(connection.readable).text();
    assertEquals(answers.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 400", "HTTP/1.1 404"]);
    await server.close();
  });

  it("leaves a web socket open, however long it says nothing", async () => {
    const server = new HttpServer([0], (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    }, limits);
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`);
    await new Promise((resolve) => socket.onopen = resolve);
    await delay(900);
    const answer = new Promise<MessageEvent>((resolve) => socket.onmessage = resolve);
    socket.send("still here");
    assertEquals((await answer).data, "still here");
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
    await server.close();
  });

  it("tells the caller's address, and takes the next port when one is taken", async () => {
    const first = new HttpServer([0], answer);
    const server = new HttpServer([first.port, 0], (_request, address) => new Response(address));
    assert(server.port !== first.port);
    const response = await fetch(`http://127.0.0.1:${server.port}/`);
    assertEquals(await response.text(), "127.0.0.1");
    await Promise.all([first.close(), server.close()]);
  });

  it("finishes what runs before it closes", async () => {
    const begun = Promise.withResolvers<void>();
    const server = new HttpServer([0], async () => {
      begun.resolve();
      await delay(200);
      return new Response("done");
    });
    const response = fetch(`http://127.0.0.1:${server.port}/`);
    await begun.promise;
    await server.close();
    assertEquals(await (await response).text(), "done");
  });

  it("closes though answers do not end, or never begin", async () => {
    const forever = (signal: AbortSignal) =>
      new Promise<Response>((_, fail) => signal.onabort = () => fail(signal.reason));
    let isCancelled = false;
    const endless = () =>
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(10)),
        cancel: () => void (isCancelled = true),
      });
    const server = new HttpServer(
      [0],
      ({ url, signal }) => url.endsWith("/never") ? forever(signal) : new Response(endless()),
    );
    const url = `http://127.0.0.1:${server.port}`;
    const reader = (await fetch(`${url}/endless`)).body!.getReader();
    await reader.read();
    const never = fetch(`${url}/never`);
    const [, answer, end] = await Promise.allSettled([
      server.close(),
      never,
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ]);
    assertEquals([answer.status, end.status], ["rejected", "rejected"]);
    assert(isCancelled);
  });
});
