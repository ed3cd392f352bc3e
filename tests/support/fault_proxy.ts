/** A TCP proxy that does to connections what networks do. */

/** What happens to a response on its way back. */
export type Fault =
  | { readonly kind: "none" }
  /** The connection ends after so many bytes of the response. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Nothing more comes after so many bytes, and the connection stays. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Another response comes instead, and the server never sees the request. */
  | { readonly kind: "respond"; readonly response: string }
  /** The server's whole response comes twice. */
  | { readonly kind: "duplicate" };

export interface FaultProxy extends AsyncDisposable {
  /** The address that stands for the server's. */
  readonly url: string;
  /** How many connections were made. */
  readonly connections: number;
  /** The faults of the next connections in turn; then there are none. */
  next(...faults: Fault[]): void;
}

/** An HTTP response as bytes on the wire. */
export function rawResponse(status: number, body: string, type = "text/html"): string {
  return `HTTP/1.1 ${status} Fault\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n` +
    `connection: close\r\n\r\n${body}`;
}

/** Starts a proxy in front of a server on loopback. */
export function faultProxy(serverUrl: string): FaultProxy {
  const { hostname, port } = new URL(serverUrl);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let faults: Fault[] = [];
  let connections = 0;
  const serving = (async () => {
    for await (const client of listener) {
      connections++;
      const fault = faults.shift() ?? { kind: "none" };
      open.add(client);
      serve(client, fault).catch(() => {}).finally(() => close(client));
    }
  })();

  function close(connection: Deno.Conn): void {
    open.delete(connection);
    try {
      connection.close();
    } catch {
      // The other side has closed it.
    }
  }

  async function serve(client: Deno.Conn, fault: Fault): Promise<void> {
    if (fault.kind === "respond") {
      await client.read(new Uint8Array(64 * 1024));
      await writeAll(client, new TextEncoder().encode(fault.response));
      return;
    }
    const server = await Deno.connect({ hostname, port: Number(port) });
    open.add(server);
    const request = client.readable.pipeTo(server.writable, { preventClose: true }).catch(() => {});
    try {
      await answer(client, server, fault);
    } finally {
      close(server);
      close(client);
      await request;
    }
  }

  async function answer(client: Deno.Conn, server: Deno.Conn, fault: Fault): Promise<void> {
    const seen: Uint8Array[] = [];
    let left = "afterBytes" in fault ? fault.afterBytes : Infinity;
    const buffer = new Uint8Array(16 * 1024);
    for (let count = await server.read(buffer); count !== null; count = await server.read(buffer)) {
      const chunk = buffer.slice(0, Math.min(count, left));
      await writeAll(client, chunk);
      left -= chunk.length;
      if (fault.kind === "duplicate") seen.push(chunk);
      if (left > 0) continue;
      // A stalled connection ends with the proxy.
      if (fault.kind === "stall") await new Promise(() => {});
      return;
    }
    for (const chunk of seen) await writeAll(client, chunk);
  }

  return {
    url: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    get connections() {
      return connections;
    },
    next(...more) {
      faults = more;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of [...open]) close(connection);
      await serving;
    },
  };
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}
