/**
 * An HTTP proxy on loopback that leads every host to one server, and remembers what it was asked.
 */

export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** The first lines of the requests, and the credentials that came along. */
  readonly seen: { line: string; credentials?: string }[];
}

/**
 * Starts a proxy in front of the server on `port`: for `CONNECT`, and for addresses with a scheme.
 */
export function startProxy(port: number): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const seen: Proxy["seen"] = [];
  const open = new Set<Deno.Conn>();
  const work = (async () => {
    for await (const client of listener) {
      open.add(client);
      handle(client).catch(() => {});
    }
  })().catch(() => {});

  async function handle(client: Deno.Conn): Promise<void> {
    const head = await readHead(client);
    const [line = ""] = head.split("\r\n");
    seen.push({ line, credentials: /^proxy-authorization: Basic (\S+)/im.exec(head)?.[1] });
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    open.add(server);
    if (line.startsWith("CONNECT ")) {
      await client.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
    } else {
      // What follows on the same connection would still name the host.
      const direct = head.replace(/^(\w+) https?:\/\/[^/]+/, "$1 ")
        .replace(/^connection: .*$/im, "connection: close");
      await server.write(new TextEncoder().encode(direct));
    }
    await Promise.all([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
  }

  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // It has ended by itself.
        }
      }
      await work;
    },
  };
}

/** Reads no further than the head: what follows belongs to the server. */
async function readHead(client: Deno.Conn): Promise<string> {
  let head = "";
  const byte = new Uint8Array(1);
  while (!head.endsWith("\r\n\r\n")) {
    if (await client.read(byte) === null) break;
    head += String.fromCharCode(byte[0]!);
  }
  return head;
}
