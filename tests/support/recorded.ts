/** The real backend's answers, as they were recorded: what clients meet that is not ours. */
import { type SeenRequest, type StubServer, stubServer } from "./stub_server.ts";

/** One request and what the real backend answered. */
interface Exchange {
  readonly request: {
    readonly method: string;
    /** Path and query. */
    readonly path: string;
    readonly body?: unknown;
    /** The parts of a form. */
    readonly multipart?: unknown;
  };
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const FILE = new URL("../real/recorded.jsonl", import.meta.url);

/**
 * A server that answers as the real backend did: by method and path, with the parameters and fields
 * of what was recorded among those that are sent. Where the same was asked several times, `turn`
 * picks the answer, the first by default. What was never asked gets the real backend's 404.
 */
export async function recordedBackend(turn = 0): Promise<StubServer> {
  const lines = (await Deno.readTextFile(FILE)).trim().split("\n");
  const exchanges: Exchange[] = lines.map((line) => JSON.parse(line));
  return stubServer((request) => {
    const same = exchanges.filter((exchange) => isSame(exchange, request));
    const found = same[Math.min(turn, same.length - 1)];
    return found ? replay(found) : unknownRoute(request);
  });
}

function isSame({ request, status }: Exchange, { method, target, body, headers }: SeenRequest) {
  if ("raw" in request) return false;
  const recorded = new URL(request.path, "http://localhost");
  const sent = new URL(target, "http://localhost");
  if (request.method !== method || recorded.pathname !== sent.pathname) return false;
  // Those that were made without a key were recorded for their refusal.
  if (status === 401) return !headers.has("authorization");
  const parameters = [...recorded.searchParams];
  if (parameters.some(([name, value]) => sent.searchParams.get(name) !== value)) return false;
  if (headers.get("content-type")?.startsWith("multipart/")) return request.multipart !== undefined;
  const fields = Object.entries(request.body ?? {});
  const given = body === "" ? {} : JSON.parse(body);
  return fields.every(([name, value]) => JSON.stringify(given[name]) === JSON.stringify(value));
}

function replay({ status, headers, body }: Exchange): Response {
  const type = headers["content-type"] ?? "application/json; charset=utf-8";
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { "content-type": type } });
}

function unknownRoute({ target }: SeenRequest): Response {
  const message = `Endpoint ${target} not found`;
  return Response.json({ error: "NOT_FOUND", message, statusCode: 404 }, { status: 404 });
}
