import { SourceError } from "../../shared/bundling/source_error.ts";
import type { LocalBackend, RequestContext } from "../services.ts";
import { readNpmConfig } from "../../shared/packages/npm_config.ts";
import type { KvAccess } from "../kv/access.ts";
import { BundleThread } from "./bundle.ts";
import { type CompiledFunction, compileFunction } from "./compile.ts";
import { FunctionLog } from "./log.ts";
import { ProcessError } from "./process.ts";
import { FunctionRuntime } from "./runtime.ts";
import type { FunctionStore } from "./store.ts";
import { TimeLimitError } from "./time_limit.ts";

/** For the log: nobody receives it. */
const CALLER_GONE = 499;

/** Calls the project's functions. */
export interface FunctionInvoker {
  /** Answers a request to a function's public address. */
  invoke(context: RequestContext): Promise<Response>;
  /** Makes ready to run what is uploaded. @throws {SourceError} for what cannot run */
  compile(slug: string, code: string): Promise<CompiledFunction>;
  /** Lets the next invocation read the function anew. */
  forget(slug: string): void;
  /** Makes ready for an invocation that will come soon. */
  warm(): void;
}

/**
 * Runs the functions of `store` with the project's secrets, until the backend closes.
 * @param kv where `Deno.openKv` leads, once the backend listens
 */
export function functionInvoker(
  backend: LocalBackend,
  store: FunctionStore,
  kv: () => KvAccess,
): FunctionInvoker {
  const log = new FunctionLog(backend);
  const runtime = new FunctionRuntime({
    self: backend.self,
    timeoutMs: backend.functionTimeout,
    kv,
    onOutput: ({ slug, level, message, invocation }) =>
      log.output(slug, level, located(slug, message), invocation),
  });
  const bundles = new BundleThread(
    backend.packages ?? { config: readNpmConfig({ folders: [], env: () => undefined }) },
    backend.version,
  );
  const compile = (slug: string, code: string) =>
    compileFunction(slug, code, (name, source) => bundles.bundle(name, source));
  const running = new Map<string, CompiledFunction>();
  const located = (slug: string, text: string) => running.get(slug)?.locate(text) ?? text;
  // Functions that are there will be called.
  backend.jobs.run("functions", async () => {
    if ((await store.list()).length > 0) runtime.warm();
  });

  const compiled = new Map<string, Promise<CompiledFunction | undefined>>();

  // Ends with the backend, which waits for it.
  backend.jobs.run("functions", async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    bundles.close();
    await runtime.close();
    await log.flush();
  });

  /** The compiled code of an active function. */
  function codeOf(slug: string): Promise<CompiledFunction | undefined> {
    const known = compiled.get(slug);
    if (known) return known;
    const code = store.find(slug).then((found) =>
      found?.status === "active" ? compile(slug, found.code) : undefined
    );
    compiled.set(slug, code);
    const drop = () => compiled.get(slug) === code && compiled.delete(slug);
    code.then((found) => found === undefined && drop(), drop);
    return code;
  }

  async function answer(slug: string, id: string, request: Request): Promise<Response> {
    const found = await codeOf(slug);
    if (found === undefined) return failure(404, `There is no active function ${slug}`);
    const env = await backend.secrets.active();
    const { search } = new URL(request.url);
    running.set(slug, found);
    return await runtime.invoke({ slug, code: found.code, env }, request, {
      id,
      url: `${backend.url}/${slug}${search}`,
    });
  }

  return {
    compile,
    async invoke(context) {
      const slug = context.req.param("slug")!;
      const invocationId = crypto.randomUUID();
      const started = performance.now();
      const { raw, method } = context.req;
      const response = await answer(slug, invocationId, raw).catch((error: Error) => {
        log.output(slug, "error", located(slug, error.message), invocationId);
        return failureOf(error);
      });
      const { status } = response;
      log.invocation(slug, {
        invocationId,
        method,
        status,
        milliseconds: performance.now() - started,
      });
      // That of a WebSocket cannot be changed.
      if (status !== 101 && !response.headers.has("access-control-allow-origin")) {
        response.headers.set("access-control-allow-origin", "*");
      }
      return response;
    },
    forget(slug) {
      compiled.delete(slug);
      runtime.forget(slug);
    },
    warm: () => runtime.warm(),
  };
}

/** The answer to a request whose function failed. @throws what is no failure of a function */
export function failureOf(error: unknown): Response {
  if (error instanceof TimeLimitError) return failure(504, error.message);
  if (error instanceof DOMException && error.name === "AbortError") {
    return failure(CALLER_GONE, "The caller did not wait for the answer");
  }
  if (error instanceof ProcessError || error instanceof SourceError) {
    return failure(500, error.message);
  }
  throw error;
}

/** An error. Not the envelope of other routes: functions are answered for in this shape. */
export function failure(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
