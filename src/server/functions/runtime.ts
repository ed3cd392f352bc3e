import type { Timer } from "../../core/timer.ts";
import type { KvAccess } from "../kv/access.ts";
import { passOn } from "./pass_on.ts";
import { FunctionProcess, type Output } from "./process.ts";
import { wantsSocket } from "./protocol.ts";
import { joined } from "./websocket.ts";
import { TimeLimit } from "./time_limit.ts";

/** One version of a function, ready to run. */
export interface RunnableFunction {
  readonly slug: string;
  /** What {@link compileFunction} made. */
  readonly code: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface RuntimeOptions {
  /** The command line that runs this program. */
  readonly self: readonly string[];
  /** Milliseconds until a response must begin, and that its body may pause. */
  readonly timeoutMs?: number;
  /** Megabytes of V8's heap that one function may use. */
  readonly memoryMb?: number;
  /** Where `Deno.openKv` leads; asked for each process. */
  kv?(): KvAccess;
  onOutput(output: Output & { readonly slug: string }): void;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MEMORY_MB = 256;
/** After so long without an invocation, a function's process ends. */
const IDLE_MS = 5 * 60_000;
/** How long what a function streams leaves time for another that was called. */
const BESIDE_MS = 1_000;
/** How many functions stay loaded at once, unless more are busy. */
const MAX_PROCESSES = 8;
/** How many processes one function gets when it keeps them all busy. */
const MAX_PER_FUNCTION = 4;

/** Runs functions, each in a process of its own that is kept for the next invocation. */
export class FunctionRuntime {
  readonly #options: RuntimeOptions;
  readonly #timeoutMs: number;
  /** The processes that run what was deployed last, by slug. */
  readonly #current = new Map<string, Loaded>();
  readonly #all = new Set<FunctionProcess>();
  /** Started ahead, so that the next function need not wait for it. */
  #spare: FunctionProcess | undefined;
  #isClosed = false;
  readonly #idle: Timer;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#idle = setInterval(() => this.#retireIdle(), IDLE_MS / 10);
    Deno.unrefTimer(this.#idle);
  }

  /**
   * Answers a request with what the function answers, streaming both ways; a WebSocket goes on
   * behind the answer.
   * @throws {TimeLimitError}
   * @throws {ProcessError} when the function cannot be loaded, or ends before it answers
   */
  async invoke(
    definition: RunnableFunction,
    request: Request,
    invocation: { readonly id: string; readonly url: string },
  ): Promise<Response> {
    const process = this.#processFor(definition);
    const limit = new TimeLimit(this.#timeoutMs);
    process.pending++;
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      limit.stop();
      process.pending--;
      process.lastUsed = performance.now();
      this.#retireReplaced();
    };
    const pace = (taken: number) =>
      this.#isBusyBeside(process) ? process.streaming.take(taken) : undefined;
    let head: Promise<Response> | undefined;
    try {
      await limit.guard(process.ready());
      const signal = AbortSignal.any([limit.signal, request.signal]);
      if (wantsSocket(request)) {
        const answer = await limit.guard(process.connect(request, invocation, signal));
        return answer instanceof Response
          ? await passOn(answer, limit, pace, end)
          : joined(request, answer, limit, end);
      }
      head = process.request(request, invocation, signal);
      return await passOn(await limit.guard(head), limit, pace, end);
    } catch (error) {
      end();
      // It may have begun to answer at the last moment.
      head?.then(({ body }) => body?.cancel()).catch(() => {});
      if (limit.signal.aborted && !await process.isResponsive()) {
        await process.stop(limit.signal.reason.message);
      }
      throw error;
    }
  }

  /** Loads a function before it is asked for. @throws {ProcessError} when it cannot be loaded */
  prepare(definition: RunnableFunction): Promise<void> {
    return this.#processFor(definition).ready();
  }

  /** Has a process ready for whichever function is asked for next. */
  warm(): void {
    if (!this.#isClosed && (!this.#spare || this.#spare.hasEnded)) this.#spare = this.#start();
  }

  /** Ends the process of a function that is no more. */
  forget(slug: string): void {
    this.#current.delete(slug);
    this.#retireReplaced();
  }

  /** Ends all processes and waits for that. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#idle);
    this.#current.clear();
    const processes = this.#spare ? [...this.#all, this.#spare] : [...this.#all];
    await Promise.all(processes.map((process) => process.stop()));
  }

  #processFor({ slug, code, env }: RunnableFunction): FunctionProcess {
    const known = this.#current.get(slug);
    const isCurrent = known && known.code === code && isSameEnv(known.env, env);
    const processes = isCurrent ? known.processes.filter(({ hasEnded }) => !hasEnded) : [];
    const free = processes.find(({ isBlocked }) => !isBlocked);
    if (free) return free;
    if (processes.length >= MAX_PER_FUNCTION) return processes.at(-1)!;
    const spare = this.#takeSpare();
    const process = spare ?? this.#start();
    process.assign(
      { slug, code, env, kv: this.#options.kv?.() },
      (output) => this.#options.onOutput({ ...output, slug }),
    );
    this.#all.add(process);
    this.#current.set(slug, { code, env, processes: [...processes, process] });
    this.#retireReplaced();
    // Functions that are called one after another each find a spare that has just begun to start.
    const isHurried = spare && !spare.hasStarted;
    // Else not at the same time: the processes would wait for each other.
    const ready = isHurried ? Promise.resolve() : process.ready();
    ready.then(() => this.warm()).catch(() => {});
    return process;
  }

  /** Whether other processes answer as well, now or a moment ago. */
  #isBusyBeside(process: FunctionProcess): boolean {
    const since = performance.now() - BESIDE_MS;
    for (const other of this.#all) {
      if (other !== process && (other.pending > 0 || other.lastUsed > since)) return true;
    }
    return false;
  }

  #start(): FunctionProcess {
    const { self, memoryMb = DEFAULT_MEMORY_MB } = this.#options;
    return new FunctionProcess({ self, memoryMb });
  }

  #takeSpare(): FunctionProcess | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.hasEnded ? undefined : spare;
  }

  /** Ends processes that have nothing to do and are not the ones to ask. */
  #retireReplaced(): void {
    const current = new Set([...this.#current.values()].flatMap(({ processes }) => processes));
    for (const process of this.#all) {
      if (process.hasEnded) this.#all.delete(process);
      else if (process.pending === 0 && !current.has(process)) this.#end(process);
    }
    const spare = [...this.#all].filter(({ pending }) => pending === 0)
      .sort((a, b) => a.lastUsed - b.lastUsed);
    for (const process of spare.slice(0, Math.max(0, this.#all.size - MAX_PROCESSES))) {
      this.#end(process);
    }
  }

  #retireIdle(): void {
    const since = performance.now() - IDLE_MS;
    for (const process of this.#all) {
      if (process.pending === 0 && process.lastUsed < since) this.#end(process);
    }
    if (this.#all.size === 0) void this.#takeSpare()?.stop();
  }

  #end(process: FunctionProcess): void {
    this.#all.delete(process);
    void process.stop();
  }
}

/** What runs of one function. */
interface Loaded {
  readonly code: string;
  readonly env: Readonly<Record<string, string>>;
  readonly processes: readonly FunctionProcess[];
}

/** Most often it is the same object. */
function isSameEnv(a: Loaded["env"], b: Loaded["env"]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
