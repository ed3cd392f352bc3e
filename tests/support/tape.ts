/** Records what a server answers, and answers the same again without it. */

/** A request and what was answered. */
export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly body: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly content: Uint8Array<ArrayBuffer>;
}

export interface Recorder extends AsyncDisposable {
  /** The address that stands for the server's. */
  readonly url: string;
  readonly tape: readonly Exchange[];
}

export interface Player extends AsyncDisposable {
  readonly url: string;
  /** Requests that are on the tape in no form. */
  readonly unknown: readonly string[];
}

/** Stands for the server's own address on a tape: what plays it has another. */
const OWN_ADDRESS = "http://tape.invalid";
/** They are about the connection, or made anew. */
const OWN_HEADERS = new Set(["content-length", "transfer-encoding", "connection", "date", "vary"]);

/** Passes requests on to a server, and keeps them with the answers. */
export function record(serverUrl: string): Recorder {
  const tape: Exchange[] = [];
  const server = serve(async (request) => {
    const target = targetOf(request);
    const sent = await request.bytes();
    const headers = new Headers(request.headers);
    headers.delete("host");
    const response = await fetch(serverUrl + target, {
      method: request.method,
      headers,
      body: sent.length > 0 ? sent : undefined,
      redirect: "manual",
    });
    const exchange: Exchange = {
      method: request.method,
      target,
      body: new TextDecoder().decode(sent),
      status: response.status,
      headers: [...response.headers].filter(([name]) => !OWN_HEADERS.has(name))
        .map(([name, value]) => [name, value.replaceAll(serverUrl, OWN_ADDRESS)]),
      content: replaced(await response.bytes(), serverUrl, OWN_ADDRESS),
    };
    tape.push(exchange);
    return answer(exchange, request);
  });
  return { ...server, tape };
}

/**
 * Answers as the server did that was recorded: the same request by what was not played yet, one
 * that comes again by what it got last.
 */
export function play(tape: readonly Exchange[]): Player {
  const played = new Set<Exchange>();
  const unknown: string[] = [];
  const server = serve(async (request) => {
    const target = targetOf(request);
    const body = await request.text();
    const alike = tape.filter((one) => one.method === request.method && one.target === target);
    const same = alike.filter((one) => one.body === body);
    const fresh = (one: Exchange) => !played.has(one);
    const found = same.find(fresh) ?? same.at(-1) ?? alike.find(fresh) ?? alike.at(-1);
    if (!found) {
      unknown.push(`${request.method} ${target}`);
      return Response.json({ error: "NOT_ON_TAPE", message: "Not on the tape" }, { status: 400 });
    }
    played.add(found);
    return answer(found, request);
  });
  return { ...server, unknown };
}

function answer({ status, headers, content }: Exchange, request: Request): Response {
  const own = `http://${request.headers.get("host")}`;
  const hasBody = ![204, 304].includes(status);
  return new Response(hasBody ? replaced(content, OWN_ADDRESS, own) : null, {
    status,
    headers: [
      ...headers.map(([name, value]): [string, string] => [
        name,
        value.replaceAll(OWN_ADDRESS, own),
      ]),
      // Packed by the server, an answer would be shorter than where it is to be cut.
      ["cache-control", "no-transform"],
    ],
  });
}

function serve(handle: (request: Request) => Promise<Response>) {
  // Connections that are broken on purpose would hold up an orderly end.
  const end = new AbortController();
  const settings = { hostname: "127.0.0.1", port: 0, signal: end.signal, onListen() {} };
  const server = Deno.serve(settings, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => Promise.resolve(end.abort()),
  };
}

function targetOf({ url }: Request): string {
  return url.slice(new URL(url).origin.length);
}

function replaced(
  bytes: Uint8Array<ArrayBuffer>,
  from: string,
  to: string,
): Uint8Array<ArrayBuffer> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes(from) ? new TextEncoder().encode(text.replaceAll(from, to)) : bytes;
  } catch {
    return bytes;
  }
}
