import { linesOf } from "../../core/lines.ts";
import { ShareOfTime } from "../../core/share_of_time.ts";
import type { Timer } from "../../core/timer.ts";
import type { LogLevel } from "../logs/log_file.ts";
import {
  type Assignment,
  HOST_MODE,
  type Invocation,
  INVOCATION_HEADER,
  PING_PATH,
  type ProcessMessage,
  REFUSAL_PATH,
} from "./protocol.ts";
import { type HeldSocket, hold } from "./websocket.ts";

/** What a function writes to its console. */
export interface Output {
  readonly level: LogLevel;
  readonly message: string;
  /** The id of the invocation that wrote it, where that is known. */
  readonly invocation?: string;
}

export interface ProcessOptions {
  /** The command line that runs this program. */
  readonly self: readonly string[];
  /** Megabytes of V8's heap. */
  readonly memoryMb: number;
}

/** The function's process ended, or never began to serve; the message is for its caller. */
export class ProcessError extends Error {
  override name = "ProcessError";
}

/** What is known of an invocation before its request is read. */
type Asked = Pick<Invocation, "id" | "url">;

/** How long a process that serves may take to say so. */
const PING_MS = 1_000;
const STOP_MS = 1_000;
/**
 * How much of the backend's time a function's output takes, and what it streams beside others; one
 * that writes more has to wait.
 */
const SHARE = 0.05;
const AHEAD_MS = 50;
/** V8 says why it ends, then prints a stack. */
const MAX_COMPLAINT = 16 * 1024;
/** Several heartbeats. */
const BLOCKED_MS = 500;
/** A longer line of output is cut. */
const MAX_LINE = 256 * 1024;

/** A process that runs one version of one function. */
export class FunctionProcess {
  readonly #child: Deno.ChildProcess;
  readonly #options: ProcessOptions;
  readonly #token = crypto.randomUUID();
  /** For what its answers stream. */
  readonly streaming = new ShareOfTime(SHARE, AHEAD_MS);
  readonly #ready = Promise.withResolvers<string>();
  /** Resolves when the process has ended and all that it wrote was read. */
  readonly #ended: Promise<void>;
  #failure: string | undefined;
  /** Invocations that are under way, their bodies included. */
  pending = 0;
  /** Set when no further invocation may be given to it. */
  hasEnded = false;
  /** Whether it has come so far that it needs its function alone. */
  hasStarted = false;
  /** When its last invocation ended, in milliseconds of `performance.now()`. */
  lastUsed = performance.now();
  /** Invocations whose response has not begun. */
  #waiting = 0;
  #lastSign = performance.now();
  #onOutput: (output: Output) => void = () => {};

  /** Starts a process that waits for its function. */
  constructor(options: ProcessOptions) {
    this.#options = options;
    const [program, ...args] = options.self;
    const isAlone = Deno.build.standalone && Deno.build.os !== "windows";
    this.#child = new Deno.Command(program!, {
      args: [...args, HOST_MODE],
      // Beside the worker's permissions: what is not there cannot leak. Windows needs its own.
      clearEnv: isAlone,
      env: { DENO_V8_FLAGS: `--max-old-space-size=${options.memoryMb}` },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#ready.promise.catch(() => {});
    this.#ended = this.#run().catch((error) => void this.stop(String(error)));
  }

  /** Gives it its function, once. What that writes goes to `onOutput`. */
  assign(assignment: Omit<Assignment, "token">, onOutput: (output: Output) => void): void {
    this.#onOutput = onOutput;
    const line = `${JSON.stringify({ ...assignment, token: this.#token })}\n`;
    const writer = this.#child.stdin.getWriter();
    // A process that ended already says why by itself.
    writer.write(new TextEncoder().encode(line)).catch(() => {});
    writer.releaseLock();
  }

  /** Whether the function computes so long that its other invocations have to wait. */
  get isBlocked(): boolean {
    return this.#waiting > 0 && performance.now() - this.#lastSign > BLOCKED_MS;
  }

  /** Resolves when it serves. @throws {ProcessError} when it cannot. */
  async ready(): Promise<void> {
    await this.#ready.promise;
  }

  /**
   * Hands it a request and answers the head of its response.
   * @throws {ProcessError} when it ends meanwhile
   */
  async request(
    request: Request,
    invocation: Asked,
    signal: AbortSignal,
  ): Promise<Response> {
    const base = await this.#ready.promise;
    if (this.#waiting++ === 0) this.#lastSign = performance.now();
    const { method } = request;
    try {
      const seen = headersOf(request);
      const body = bodyOf(request, seen);
      const headers = this.#headers({ ...invocation, headers: [...seen] });
      return await fetch(base, { method, headers, body, redirect: "manual", signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // The end of the process says why the connection broke.
      await this.#endedWithin(PING_MS);
      throw new ProcessError(this.#failure ?? "The function broke off", { cause: error });
    } finally {
      this.#waiting--;
    }
  }

  /**
   * Hands it a request for a WebSocket, and answers that, or the response that the function gave
   * instead. @throws {ProcessError} when it ends meanwhile
   */
  async connect(
    request: Request,
    invocation: Asked,
    signal: AbortSignal,
  ): Promise<HeldSocket | Response> {
    const base = await this.#ready.promise;
    const { headers: seen } = request;
    const protocols = seen.get("sec-websocket-protocol")?.split(",").map((name) => name.trim());
    const headers = this.#headers({ ...invocation, headers: [...seen] });
    const held = hold(new WebSocket(base.replace(/^http/, "ws"), { headers, protocols }));
    if (await isOpened(held.socket, signal)) return held;
    try {
      return await fetch(base + REFUSAL_PATH, { headers: this.#headers(invocation), signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      await this.#endedWithin(PING_MS);
      throw new ProcessError(this.#failure ?? "The function broke off", { cause: error });
    }
  }

  /** Whether the function lets its process answer at all: an endless loop does not. */
  async isResponsive(): Promise<boolean> {
    const headers = this.#headers({ id: "", url: "" });
    try {
      const base = await this.#ready.promise;
      const signal = AbortSignal.timeout(PING_MS);
      await (await fetch(base + PING_PATH, { headers, signal })).body?.cancel();
      return true;
    } catch {
      return false;
    }
  }

  /** Ends it at once, with what it wrote read; `failure` is what its callers are told. */
  async stop(failure = "The function was stopped"): Promise<void> {
    this.hasEnded = true;
    this.#failure ??= failure;
    await this.#child.stdin.close().catch(() => {});
    if (!await this.#endedWithin(STOP_MS)) kill(this.#child);
    await this.#ended;
  }

  #headers(invocation: Omit<Invocation, "token">): HeadersInit {
    return {
      "accept-encoding": "identity",
      [INVOCATION_HEADER]: JSON.stringify({ ...invocation, token: this.#token }),
    };
  }

  async #run(): Promise<void> {
    const [, complaint, { code, signal }] = await Promise.all([
      this.#readOutput(),
      endOf(this.#child.stderr),
      this.#child.status,
    ]);
    this.hasEnded = true;
    this.#failure ??= /out of memory/i.test(complaint)
      ? `The function used more than ${this.#options.memoryMb} MiB of memory`
      : `The function's process ended with ${signal ?? `code ${code}`}`;
    this.#ready.reject(new ProcessError(this.#failure));
  }

  async #readOutput(): Promise<void> {
    const time = new ShareOfTime(SHARE, AHEAD_MS);
    for await (const line of linesOf(this.#child.stdout, MAX_LINE)) {
      await time.do(() => this.#take(line));
    }
  }

  #take(line: string): void {
    const message = messageOf(line);
    this.#lastSign = performance.now();
    this.hasStarted = true;
    if ("alive" in message) return;
    if ("ready" in message) this.#ready.resolve(`http://127.0.0.1:${message.ready}`);
    else if ("failed" in message) void this.stop(message.failed);
    else this.#onOutput(message);
  }

  async #endedWithin(milliseconds: number): Promise<boolean> {
    let timer: Timer | undefined;
    const late = new Promise<false>((resolve) => timer = setTimeout(resolve, milliseconds, false));
    const outcome = await Promise.race([this.#child.status.then(() => true), late]);
    clearTimeout(timer);
    // Lets what is known of the end arrive.
    await Promise.resolve();
    return outcome;
  }
}

/** Whether a socket comes to be. @throws the signal's reason */
function isOpened(socket: WebSocket, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
    signal.addEventListener("abort", () => {
      reject(signal.reason);
      if (socket.readyState === WebSocket.CONNECTING) socket.close();
    }, { once: true });
  });
}

/** The headers of a request that are not about the connection it came by. */
function headersOf(request: Request): Headers {
  const headers = new Headers(request.headers);
  for (const name of ["connection", "keep-alive", "upgrade"]) headers.delete(name);
  return headers;
}

/** As InsForge does, an absent body reaches the function as an empty object. */
function bodyOf({ method, body }: Request, headers: Headers): BodyInit | null {
  const length = headers.get("content-length") ??
    (headers.has("transfer-encoding") ? "unknown" : "0");
  headers.delete("transfer-encoding");
  if (method === "GET" || method === "HEAD") return null;
  if (body && length !== "0") return body;
  headers.set("content-type", "application/json");
  headers.set("content-length", "2");
  return "{}";
}

/** The last of what a stream says. */
async function endOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let end = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    end = (end + text).slice(-MAX_COMPLAINT);
  }
  return end;
}

function messageOf(line: string): ProcessMessage {
  try {
    const value = JSON.parse(line);
    if (typeof value === "object" && value !== null) {
      if (Number.isInteger(value.ready) || value.alive === true) return value;
      if (typeof value.failed === "string") return value;
      if (typeof value.message === "string") return value;
    }
  } catch {
    // Written by the function past its console.
  }
  return { level: "info", message: line };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
