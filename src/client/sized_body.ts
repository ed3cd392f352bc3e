/**
 * Bodies that are streamed and whose length is sent ahead. `fetch` sends a stream in chunks without
 * a length, which object stores refuse; Deno's implementation of `node:http` can do both.
 */
import type { ClientRequest, IncomingMessage } from "node:http";

/** A body of known length that is read as it is sent, anew for each attempt. */
export interface SizedBody {
  /** Bytes. */
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

const LEAST_TRANSFER_MS = 60_000;
/** A slower connection than this is taken for a broken one. */
const BYTES_PER_MS = 50;

/** How long sending so many bytes, and the answer, may take. */
export function transferTimeoutMs(bytes: number): number {
  return LEAST_TRANSFER_MS + bytes / BYTES_PER_MS;
}

/** Whether a body is to be sent by {@link sendSized}. */
export function isSizedBody(body: unknown): body is SizedBody {
  return typeof body === "object" && body !== null && "size" in body && "open" in body;
}

/** Sends a request as `fetch` does, without following redirects. */
export async function sendSized(
  url: URL,
  { method, headers, body, signal }: {
    readonly method: string;
    readonly headers: Headers;
    readonly body: SizedBody;
    readonly signal: AbortSignal;
  },
): Promise<Response> {
  await requirePermission(url);
  listenForLostBodies();
  const { request } = url.protocol === "https:"
    ? await import("node:https")
    : await import("node:http");
  const sent: ClientRequest = request(url, {
    method,
    headers: { ...Object.fromEntries(headers), "content-length": body.size },
    signal,
  });
  let forget = () => {};
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve);
    sent.on("error", reject);
    forget = onLostBody(senders, reject);
  });
  // A server may answer, and stop listening, before it has read everything.
  const failed = write(sent, body, answered).then(() => answered, (error) => {
    sent.destroy();
    throw error;
  });
  return toResponse(await Promise.race([answered, failed]).finally(forget));
}

async function write(
  request: ClientRequest,
  { open }: SizedBody,
  answered: Promise<unknown>,
): Promise<void> {
  let isAnswered = false;
  let wake = () => {};
  const answer = () => {
    isAnswered = true;
    wake();
  };
  answered.then(answer, answer);
  for await (const chunk of open()) {
    if (isAnswered) return;
    // Writing nothing would wait for a drain that never comes.
    if (chunk.length === 0) continue;
    // The chunk's memory may be used again for the next one.
    if (request.write(chunk.slice())) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
      request.once("drain", resolve);
    });
  }
  request.end();
}

function toResponse(message: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headersDistinct)) {
    for (const single of value ?? []) headers.append(name, single);
  }
  const status = message.statusCode ?? 500;
  if (![204, 304].includes(status)) {
    return new Response(bodyOf(message), { status, headers });
  }
  message.resume();
  return new Response(null, { status, headers });
}

/** The body of an answer. One that is not wanted is read to its end: it is short. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  let isWanted = true;
  return new ReadableStream({
    start(controller) {
      const settle = (call: () => void) => {
        forget();
        if (isWanted) call();
        isWanted = false;
      };
      const fail = (error: unknown) => {
        settle(() => controller.error(error));
        message.destroy();
      };
      const forget = onLostBody(readers, fail);
      message.on("data", (chunk: Uint8Array) => {
        if (!isWanted) return;
        controller.enqueue(new Uint8Array(chunk));
        message.pause();
      });
      message.on("end", () => settle(() => controller.close()));
      message.on("error", fail);
      message.pause();
    },
    pull: () => void message.resume(),
    cancel() {
      isWanted = false;
      message.resume();
    },
  });
}

type Listeners = Set<(error: unknown) => void>;
const readers: Listeners = new Set();
const senders: Listeners = new Set();
let listens = false;

/**
 * Calls back when a connection breaks within a body. Deno's `node:http` does not tell the reader: it
 * leaves a rejection that nobody handles, and that does not say whose body it was. So every body
 * that is read (or sent) at that moment counts as lost. Answers what takes the reader off the list.
 */
function onLostBody(listeners: Listeners, call: (error: unknown) => void): () => void {
  listeners.add(call);
  return () => void listeners.delete(call);
}

/** For good: more than one rejection may come of one body, and some of them late. */
function listenForLostBodies(): void {
  if (!listens) addEventListener("unhandledrejection", loseBodies);
  listens = true;
}

function loseBodies(event: PromiseRejectionEvent): void {
  const { reason } = event;
  const message = reason instanceof TypeError ? reason.message : "";
  const isRead = /reading a body/.test(message) || reason instanceof Deno.errors.Interrupted;
  if (!isRead && !/request body stream errored/.test(message)) return;
  event.preventDefault();
  for (const call of [...isRead ? readers : senders]) call(reason);
}

/** `node:http` would hide that the sandbox refuses the host behind an error of the connection. */
async function requirePermission({ hostname, port, protocol }: URL): Promise<void> {
  const host = `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
  const { state } = await Deno.permissions.query({ name: "net", host });
  if (state !== "granted") throw new Deno.errors.NotCapable(`Requires net access to ${host}`);
}
