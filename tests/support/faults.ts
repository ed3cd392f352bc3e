/** What servers and networks do wrong, and how a command that meets it ends. */
import { type Fault, rawResponse } from "./fault_proxy.ts";
import type { Exchange } from "./tape.ts";

/** One way of failing. */
export interface FaultCase {
  readonly name: string;
  /** What happens to a request that would get this answer; connections may be refused instead. */
  readonly fault: (exchange: Exchange, foreignUrl: string) => Fault | "refuse";
  /** The exit code of a command that cannot do without the answer. */
  readonly exit: number;
  /** The code of the error, where it does not depend on who asks. */
  readonly code?: string;
  /** The HTTP status, where that is what is wrong. */
  readonly status?: number;
  /** What is wrong with an answer that came in good order. */
  readonly answer?: "malformed" | "empty" | "redirect";
  /** Seconds that the server wants a client to wait. */
  readonly retryAfter?: number;
  readonly stalls?: boolean;
}

const NETWORK = { exit: 1, code: "NETWORK_ERROR" };
const MALFORMED = { exit: 1, code: "INVALID_RESPONSE", answer: "malformed" } as const;
/** Before any of it, or within. */
const WITHIN_HEAD = 20;

export const FAULTS: readonly FaultCase[] = [
  { name: "connection refused", ...NETWORK, fault: () => "refuse" },
  {
    name: "reset before the response",
    ...NETWORK,
    fault: () => ({ kind: "reset", afterBytes: 0 }),
  },
  { name: "reset within the response", ...NETWORK, fault: (exchange) => part("reset", exchange) },
  { name: "cut within the response", ...NETWORK, fault: (exchange) => part("cut", exchange) },
  {
    name: "stall before the response",
    ...NETWORK,
    stalls: true,
    fault: () => ({ kind: "stall", afterBytes: 0 }),
  },
  {
    name: "stall within the response",
    ...NETWORK,
    stalls: true,
    fault: (exchange) => part("stall", exchange),
  },
  {
    name: "truncated JSON",
    ...MALFORMED,
    fault: (exchange) => respond(200, half(exchange), JSON_TYPE),
  },
  {
    name: "HTML instead of JSON",
    ...MALFORMED,
    fault: () => respond(200, "<!doctype html>\n<title>Welcome</title>\n"),
  },
  {
    name: "an empty body",
    exit: 1,
    code: "INVALID_RESPONSE",
    answer: "empty",
    fault: () => respond(200, "", JSON_TYPE),
  },
  status(401, 2),
  status(403, 5),
  status(404, 4),
  status(408, 1),
  status(409, 1),
  status(413, 1),
  status(429, 1),
  status(429, 1, 2),
  status(429, 1, 3600),
  status(500, 1),
  gateway(502),
  gateway(503),
  gateway(504),
  {
    name: "a redirect loop",
    exit: 1,
    code: "REDIRECTED",
    answer: "redirect",
    fault: ({ target }) => respond(302, "", { location: target }),
  },
  {
    name: "a redirect to a foreign host",
    exit: 1,
    answer: "redirect",
    fault: ({ target }, foreignUrl) => respond(307, "", { location: foreignUrl + target }),
  },
];

const JSON_TYPE = { "content-type": "application/json" };

/** An error as a backend or the platform says it. */
function status(status: number, exit: number, retryAfter?: number): FaultCase {
  const body = { error: "SOME_CODE", message: "It went wrong", statusCode: status };
  const headers: Record<string, string> = retryAfter === undefined
    ? {}
    : { "retry-after": String(retryAfter) };
  return {
    name: `status ${status}${retryAfter === undefined ? "" : `, Retry-After ${retryAfter}`}`,
    exit,
    status,
    retryAfter,
    fault: () => respond(status, JSON.stringify(body), { ...JSON_TYPE, ...headers }),
  };
}

/** An error as a gateway says it. */
function gateway(status: number): FaultCase {
  return {
    name: `status ${status}`,
    exit: 1,
    status,
    fault: () => respond(status, `<html><h1>${status}</h1></html>\n`),
  };
}

function respond(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = { "content-type": "text/html" },
): Fault {
  return { kind: "respond", response: rawResponse(status, body, headers) };
}

function part(kind: "reset" | "cut" | "stall", { content }: Exchange): Fault {
  return content.length > 1
    ? { kind, afterBytes: Math.floor(content.length / 2), of: "body" }
    : { kind, afterBytes: WITHIN_HEAD };
}

function half({ content }: Exchange): string {
  const text = new TextDecoder().decode(content);
  return /^[[{]/.test(text) ? text.slice(0, Math.ceil(text.length / 2)) : '{"data": [';
}
