import { updateFunctionRequestSchema, uploadFunctionRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { SourceError } from "../../shared/bundling/source_error.ts";
import { identifyAdmin, requireAdmin } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import { KV_PATH } from "../kv/access.ts";
import { DatabaseKvStore } from "../kv/database_store.ts";
import { bearerOf, kv } from "../kv/routes.ts";
import { equal } from "../keys/equal.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { readJson, type Schema } from "../http/validate.ts";
import { type FunctionInvoker, functionInvoker } from "./invoke.ts";
import { FunctionStore } from "./store.ts";

/** A slug that the path of the runtime's own health check takes. */
const RESERVED = /^health$/i;

/** Functions and their invocation (contract section 8). */
export function functions(backend: LocalBackend): Area {
  const store = new FunctionStore(backend);
  const kvToken = crypto.randomUUID();
  const invoker = functionInvoker(
    backend,
    store,
    () => ({ url: backend.url + KV_PATH, token: kvToken }),
  );

  const api = new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .get("/", async (context) =>
      context.json({
        functions: await store.list(),
        runtime: { status: "running" },
        deploymentUrl: null,
      }))
    .get("/:slug", async (context) => {
      const found = await store.find(context.req.param("slug"));
      if (!found) throw notFound(context.req.param("slug"));
      return context.json(found);
    })
    .post("/", async (context) => {
      const asked = parse(await readJson(context), uploadFunctionRequestSchema);
      const slug = asked.slug ?? asked.name.toLowerCase().replace(/\s+/g, "-");
      if (RESERVED.test(slug)) {
        throw new ApiError(
          400,
          asked.slug ? "INVALID_INPUT" : "FUNCTION_SLUG_RESERVED",
          `The slug "${slug}" is taken by the runtime itself`,
          "Choose another slug.",
        );
      }
      if (!/^[\w-]+$/.test(slug)) {
        throw new ApiError(
          400,
          "INVALID_INPUT",
          `No slug can be made of the name ${JSON.stringify(asked.name)}`,
          "Give a slug of letters, digits, hyphens and underscores.",
        );
      }
      await check(backend, invoker, slug, asked.code);
      const created = await store.create({ ...asked, slug });
      if (!created) {
        throw new ApiError(
          409,
          "FUNCTION_ALREADY_EXISTS",
          `There is a function ${slug} already`,
          "Update it, or choose another slug.",
        );
      }
      invoker.warm();
      return context.json({ success: true, function: created, deployment: null }, 201);
    })
    .put("/:slug", async (context) => {
      const slug = context.req.param("slug");
      const changes = parse(await readJson(context), updateFunctionRequestSchema);
      if (changes.code !== undefined) await check(backend, invoker, slug, changes.code);
      const updated = await store.update(slug, changes);
      if (!updated) throw notFound(slug);
      invoker.forget(slug);
      invoker.warm();
      return context.json({ success: true, function: updated, deployment: null });
    })
    .delete("/:slug", async (context) => {
      const slug = context.req.param("slug");
      if (!await store.delete(slug)) throw notFound(slug);
      invoker.forget(slug);
      return context.json({ success: true, message: `Function ${slug} was deleted` });
    });

  return new Hono<RequestVariables>()
    .route("/api/functions", api)
    .route(
      KV_PATH,
      kv({
        store: new DatabaseKvStore(backend),
        path: KV_PATH,
        async admit(context) {
          if (!equal(bearerOf(context), kvToken)) await identifyAdmin(context, backend.keys);
        },
        signal: backend.closing,
      }),
    )
    .all("/functions/:slug", (context) => invoker.invoke(context));
}

function notFound(slug: string): ApiError {
  return new ApiError(404, "FUNCTION_NOT_FOUND", `There is no function ${slug}`);
}

/** Here, unlike elsewhere, the message of a 400 is the list of issues as JSON. */
function parse<T>(value: unknown, schema: Schema<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ApiError(400, "INVALID_INPUT", JSON.stringify(result.error.issues));
}

/** What cannot run is refused when it is deployed, not when it is called; either is noted. */
async function check(
  { logs }: LocalBackend,
  invoker: FunctionInvoker,
  slug: string,
  code: string,
): Promise<void> {
  const log = logs.writer("function-deploy.logs");
  const deploymentId = crypto.randomUUID();
  try {
    await invoker.compile(slug, code);
    log.info(`Deployed ${slug}`, { deploymentId, slug, status: "success" });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    log.error(`${slug}: ${error.message}`, { deploymentId, slug, status: "failed" });
    throw new ApiError(400, "INVALID_INPUT", error.message);
  }
}
