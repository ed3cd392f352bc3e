import { linesOf } from "../../core/lines.ts";
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

/** How long a process that serves may take to say so. */
const PING_MS = 1_000;
const STOP_MS = 1_000;
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
  readonly #ready = Promise.withResolvers<string>();
  #failure: string | undefined;
  /** Invocations that are under way, their bodies included. */
  pending = 0;
  /** Set when no further invocation may be given to it. */
  hasEnded = false;
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
    this.#run().catch((error) => void this.stop(String(error)));
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
    invocation: Omit<Invocation, "token">,
    signal: AbortSignal,
  ): Promise<Response> {
    const base = await this.#ready.promise;
    if (this.#waiting++ === 0) this.#lastSign = performance.now();
    const headers = this.#headers(new Headers(request.headers), invocation);
    const { method } = request;
    try {
      const body = bodyOf(request, headers);
      return await fetch(base, { method, headers, body, redirect: "manual", signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // The end of the process says why the connection broke.
      await this.#endedWithin(PING_MS);
      throw new ProcessError(
        this.#failure ?? `The function broke off: ${(error as Error).message}`,
      );
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
    invocation: Omit<Invocation, "token">,
    signal: AbortSignal,
  ): Promise<HeldSocket | Response> {
    const base = await this.#ready.promise;
    const headers = new Headers(request.headers);
    const protocols = headers.get("sec-websocket-protocol")?.split(",").map((name) => name.trim());
    for (const name of request.headers.keys()) {
      if (name.startsWith("sec-websocket-")) headers.delete(name);
    }
    const held = hold(
      new WebSocket(base.replace(/^http/, "ws"), {
        headers: this.#headers(headers, invocation),
        protocols,
      }),
    );
    if (await isOpened(held.socket, signal)) return held;
    try {
      const own = this.#headers(new Headers(), invocation);
      return await fetch(base + REFUSAL_PATH, { headers: own, signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      await this.#endedWithin(PING_MS);
      throw new ProcessError(
        this.#failure ?? `The function broke off: ${(error as Error).message}`,
      );
    }
  }

  /** Whether the function lets its process answer at all: an endless loop does not. */
  async isResponsive(): Promise<boolean> {
    const headers = this.#headers(new Headers(), { id: "", url: "" });
    try {
      const base = await this.#ready.promise;
      const signal = AbortSignal.timeout(PING_MS);
      await (await fetch(base + PING_PATH, { headers, signal })).body?.cancel();
      return true;
    } catch {
      return false;
    }
  }

  /** Ends it at once; `failure` is what its callers are told. */
  async stop(failure = "The function was stopped"): Promise<void> {
    this.hasEnded = true;
    this.#failure ??= failure;
    await this.#child.stdin.close().catch(() => {});
    if (!await this.#endedWithin(STOP_MS)) kill(this.#child);
    await this.#child.status;
  }

  #headers(headers: Headers, invocation: Omit<Invocation, "token">): Headers {
    for (const name of ["host", "connection", "content-length", "transfer-encoding", "upgrade"]) {
      headers.delete(name);
    }
    headers.set("accept-encoding", "identity");
    headers.set(INVOCATION_HEADER, JSON.stringify({ ...invocation, token: this.#token }));
    return headers;
  }

  async #run(): Promise<void> {
    const [, complaint, { code, signal }] = await Promise.all([
      this.#readOutput(),
      endOf(this.#child.stderr),
      this.#child.status,
    ]);
    this.hasEnded = true;
    this.#failure ??= /out of memory/i.test(complaint)
      ? `The function used more than ${this.#options.memoryMb} MB of memory`
      : `The function's process ended with ${signal ?? `code ${code}`}`;
    this.#ready.reject(new ProcessError(this.#failure));
  }

  async #readOutput(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout, MAX_LINE)) this.#take(line);
  }

  #take(line: string): void {
    const message = messageOf(line);
    this.#lastSign = performance.now();
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

/** As InsForge does, an absent body reaches the function as an empty object. */
function bodyOf({ method, body, headers: sent }: Request, headers: Headers): BodyInit | null {
  if (method === "GET" || method === "HEAD") return null;
  const length = sent.get("content-length") ?? (sent.has("transfer-encoding") ? "unknown" : "0");
  if (body && length !== "0") return body;
  headers.set("content-type", "application/json");
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
