import type { Timer } from "../../core/timer.ts";
import { acceptAll, listen } from "./listen.ts";

/** Answers one request; the second argument is the caller's address. */
export type Handler = (request: Request, remoteAddress: string) => Response | Promise<Response>;

/** Milliseconds that a connection may take. */
export interface Limits {
  /** For the head of its first request. */
  readonly head: number;
  /** For that of a later one, which the time until it begins belongs to. */
  readonly nextHead: number;
}

/** Later heads have longer than clients keep an idle connection, so that these close it first. */
const LIMITS: Limits = { head: 30_000, nextHead: 120_000 };
/** Milliseconds that running requests have to finish when a server closes. */
const GRACE_MS = 3000;
/** Milliseconds that they have to end after their connections were closed. */
const END_MS = 500;
/** Bytes of a body that a refused request may still send. */
const MOST_UNREAD_BYTES = 64 * 1024 * 1024;
/** Milliseconds that it may take for that: who announces a body may never send it. */
const MOST_UNREAD_MS = 2_000;

/**
 * Whether each connection has a server of its own, so that it can be dropped by itself. From Deno
 * 2.9 on a WebSocket ends with its server, which ends with what was one connection of HTTP: there
 * they share one, and a slow head is not dropped.
 */
export const DROPS_SLOW_HEADS = /^2\.[0-8]\./.test(Deno.version.deno);

type Source = Deno.TcpConn | Deno.TcpListener;

/**
 * What `Deno.serve` does with a listener, or with a connection; on their own they are not in the
 * public types.
 */
type Serve = (
  source: Source,
  signal: AbortSignal,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  onError: () => Response,
  onListen: () => void,
) => Deno.HttpServer;

/** A connection, or all that a listener accepts, with the requests that run on it. */
class Connection {
  /** Settles when it is closed. */
  readonly finished: Promise<void>;
  readonly #server: Deno.HttpServer;
  readonly #abort = new AbortController();
  readonly #limits: Limits;
  /** The requests that are not yet answered whole. */
  readonly #running = new Set<Promise<void>>();
  #isNew = true;
  #waitsSince = performance.now();

  constructor(source: Source, handler: Handler, limits: Limits) {
    this.#limits = limits;
    const answer: Deno.ServeHandler<Deno.NetAddr> = (request, { remoteAddr, completed }) => {
      this.#isNew = false;
      const answered = completed.catch(() => {}).then(() => {
        this.#running.delete(answered);
        this.#waitsSince = performance.now();
      });
      this.#running.add(answered);
      return afterBody(request, handler(request, remoteAddr.hostname));
    };
    const serve = serverOf(source);
    this.#server = serve(source, this.#abort.signal, answer, failed, () => {});
    // After what is no HTTP, the runtime keeps its resources until then.
    this.finished = this.#server.finished.catch(() => this.#server.shutdown());
  }

  /** Whether the head that it waits for takes too long. */
  isLate(now: number): boolean {
    const limit = this.#isNew ? this.#limits.head : this.#limits.nextHead;
    return this.#running.size === 0 && now - this.#waitsSince > limit;
  }

  /** Closes it once the running requests are answered, or it is closed. */
  async shutdown(): Promise<void> {
    // Not before: the runtime takes no other word about a connection that it shuts down.
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (!this.#abort.signal.aborted) await this.#server.shutdown();
    await this.finished;
  }

  close(): void {
    this.#abort.abort();
  }
}

/** An HTTP server on the loopback interface, which drops clients that never finish a head. */
export class HttpServer {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Connection>();
  readonly #sweeping: Timer | undefined;

  /**
   * Serves at the first of the ports that is free.
   * @throws {Deno.errors.AddrInUse | PortForbidden} when none is
   */
  constructor(ports: Iterable<number>, handler: Handler, limits: Limits = LIMITS) {
    this.#listener = listen(ports);
    this.port = this.#listener.addr.port;
    if (DROPS_SLOW_HEADS) {
      this.#sweeping = setInterval(() => this.#dropLate(), limits.head / 30);
      acceptAll(this.#listener, (source) => this.#serve(source, handler, limits));
    } else {
      this.#serve(this.#listener, handler, limits);
    }
  }

  /** Takes no new requests and waits for those that run, though not for ever. */
  async close(): Promise<void> {
    if (DROPS_SLOW_HEADS) this.#listener.close();
    clearInterval(this.#sweeping);
    const late = Promise.withResolvers<void>();
    const timers = [
      setTimeout(() => this.#closeAll(), GRACE_MS),
      // Nothing ends what still computes an answer.
      setTimeout(late.resolve, GRACE_MS + END_MS),
    ];
    const finished = Array.from(this.#connections, (connection) => connection.shutdown());
    await Promise.race([Promise.allSettled(finished), late.promise]);
    timers.forEach(clearTimeout);
  }

  #serve(source: Source, handler: Handler, limits: Limits): void {
    const connection = new Connection(source, handler, limits);
    this.#connections.add(connection);
    connection.finished.then(() => this.#connections.delete(connection));
  }

  #closeAll(): void {
    for (const connection of this.#connections) connection.close();
  }

  #dropLate(): void {
    const now = performance.now();
    for (const connection of this.#connections) if (connection.isLate(now)) connection.close();
  }
}

/**
 * An answer, held back until the body has come that a refusal did not read: the connection would be
 * closed on it, and a client that still writes then fails before it sees why.
 */
async function afterBody(
  request: Request,
  answer: Response | Promise<Response>,
): Promise<Response> {
  const response = await answer;
  if (response.status < 400 || request.bodyUsed || !request.body || request.body.locked) {
    return response;
  }
  const announced = Number(request.headers.get("content-length") ?? 0);
  // Who expects to be told sends nothing before.
  if (announced > MOST_UNREAD_BYTES || request.headers.has("expect")) return response;
  const reader = request.body.getReader();
  const patience = setTimeout(() => reader.cancel().catch(() => {}), MOST_UNREAD_MS);
  try {
    for (let left = MOST_UNREAD_BYTES; left > 0;) {
      const { done, value } = await reader.read();
      if (done) break;
      left -= value.length;
    }
  } catch {
    // The client has gone.
  } finally {
    clearTimeout(patience);
  }
  return response;
}

function failed(): Response {
  return new Response(null, { status: 500 });
}

function serverOf(source: Source): Serve {
  const named = Deno as unknown as
    & { internal: symbol }
    & Record<
      symbol,
      { serveHttpOnConnection: Serve; serveHttpOnListener: Serve }
    >;
  const { serveHttpOnConnection, serveHttpOnListener } = named[named.internal]!;
  return "accept" in source ? serveHttpOnListener : serveHttpOnConnection;
}
