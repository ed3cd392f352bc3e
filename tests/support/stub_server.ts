/** A server on loopback whose answers a test decides, and which remembers what it was asked. */

export interface SeenRequest {
  readonly method: string;
  /** Path and query, as they came over the wire. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface StubServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
}

/** Starts a server; `answer` gets each request with its body read. */
export function stubServer(
  answer: (request: SeenRequest) => Response | Promise<Response>,
): StubServer {
  const requests: SeenRequest[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const seen = {
      method: request.method,
      target: request.url.slice(new URL(request.url).origin.length),
      headers: request.headers,
      body: await request.text(),
    };
    requests.push(seen);
    return await answer(seen);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The variables that make a server stand for a linked project. */
export function linkedTo({ url }: { readonly url: string }): Record<string, string> {
  return { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: "ik_test" };
}

/** An error answer as the backend sends it. */
export function envelope(status: number, error: string, message: string, nextActions?: string) {
  return Response.json({ error, message, statusCode: status, nextActions }, { status });
}
