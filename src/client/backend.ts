/** The client of a project's backend. Error bodies: section 3 of the HTTP contract. */
import { HttpError } from "../core/errors.ts";
import { exitCodeForStatus } from "../core/exit_codes.ts";
import { HttpClient, type Refusal, type RequestFacts, type SharedSettings } from "./http.ts";

/** A client that sends the project's admin key. */
export function backendClient(
  target: { readonly url: string; readonly apiKey: string },
  surroundings: SharedSettings,
): HttpClient {
  return new HttpClient({
    ...surroundings,
    baseUrl: target.url,
    bearer: () => Promise.resolve(target.apiKey),
    toError: backendError,
  });
}

interface ErrorBody {
  readonly error?: unknown;
  readonly message?: unknown;
  readonly nextActions?: unknown;
  /** PostgREST's fields. */
  readonly code?: unknown;
  readonly hint?: unknown;
  readonly details?: unknown;
}

/** Reads an error answer: the backend's envelope, PostgREST's shape, a proxy's text or page. */
export function backendError({ status, text: said }: Refusal, request: RequestFacts): HttpError {
  const body = parseBody(said);
  const exitCode = exitCodeForStatus(status);
  const backendCode = text(body?.error) ?? text(body?.code);
  const code = backendCode ?? CODES[status] ?? "HTTP_ERROR";
  const hint = [text(body?.nextActions), text(body?.hint)].filter(isForPeople).join(" ") ||
    undefined;
  if (status === 404 && (!body || !backendCode || backendCode === "NOT_FOUND")) {
    return new HttpError(
      `${request.method} ${request.url.pathname} is not available on this backend.`,
      status,
      "NOT_FOUND",
      exitCode,
      { hint: hint ?? `${request.url.host} may run an older version of InsForge.` },
    );
  }
  const message = text(body?.message) ?? (body && !text(body.code) ? text(body.error) : undefined);
  return new HttpError(
    message ?? `${request.url.host} answered ${request.method} ${request.url.pathname} with ` +
        `status ${status}.`,
    status,
    code,
    exitCode,
    { hint: hint ?? hintFor(status, request, message), facts: factsOf(body, request) },
  );
}

/** Whether advice is for who types commands: some backends name routes and tools of agents. */
function isForPeople(advice: string | undefined): boolean {
  return advice !== undefined &&
    !/\b(GET|POST|PUT|PATCH|DELETE) \/|\/api\/|\b(metadata|query) tool\b/i.test(advice);
}

function hintFor(
  status: number,
  { url, retryAfter }: RequestFacts,
  message: string | undefined,
): string | undefined {
  if (status === 401) return KEY_REFUSED;
  if (status === 503 && /\bnot (configured|set up|enabled)\b/i.test(message ?? "")) return OPERATOR;
  const list = status === 404 ? listOf(url.pathname) : undefined;
  return list ? `See what there is with: insforge ${list}` : hintForStatus(status, retryAfter);
}

/** The command that lists what a path names one of. */
function listOf(path: string): string | undefined {
  const [, bucket] = OBJECT.exec(path) ?? [];
  if (bucket) return `storage list-objects ${decodeURIComponent(bucket)}`;
  return LISTS.find(([start]) => path.includes(start))?.[1];
}

const OBJECT = /\/api\/storage\/buckets\/([^/]+)\/(?:objects|download-strategy)\/./;

const LISTS = [
  ["/api/storage/buckets/", "storage buckets"],
  ["/api/database/records/", "db tables"],
  ["/api/secrets/", "secrets list"],
  ["/api/functions/", "functions list"],
  ["/api/schedules/", "schedules list"],
  ["/api/deployments/", "deployments list"],
] as const;

const CODES: Readonly<Record<number, string>> = {
  401: "AUTH_ERROR",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
};

const OPERATOR = "Whoever runs this backend can set it up; until then it has no such service.";

const KEY_REFUSED = "Run `insforge link` again: the project's API key is not accepted.";

/** What to do after a status of a server that does not say it itself. */
export function hintForStatus(status: number, retryAfter?: number): string {
  if (status === 429 && retryAfter) return `Too many requests: try again ${inTime(retryAfter)}.`;
  return HINTS[status] ?? (status >= 500 ? LOOK_AT_LOGS : LOOK_AT_REQUEST);
}

function inTime(seconds: number): string {
  return seconds < 120 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} minutes`;
}

const LOOK_AT_REQUEST = "With INSFORGE_DEBUG=1 the command shows the request that was refused.";
const LOOK_AT_LOGS = "Try again; if it goes on, check the server's logs.";

const HINTS: Readonly<Record<number, string>> = {
  403: "Check that the account or the key may do this.",
  404: "Check the name or id, and which project this directory is linked to.",
  408: "The server did not get the request in time: try again in a moment.",
  409: "See what is there already, or what has changed meanwhile, and try again.",
  413: "Send less at once: the server takes no request of this size.",
  429: "Too many requests: wait a moment and try again.",
  502: "The server is not reachable right now: try again in a moment.",
  503: "The server is not available right now: try again in a moment.",
  504: "The server took too long: try again in a moment.",
};

/** Facts that scripts and the SQL error view use. */
function factsOf(
  body: ErrorBody | undefined,
  { retryAfter }: RequestFacts,
): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  if (retryAfter !== undefined) facts.retryAfter = retryAfter;
  if (body?.nextActions) facts.nextActions = body.nextActions;
  if (body?.details) facts.details = body.details;
  return facts;
}

function parseBody(text: string): ErrorBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as ErrorBody : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
