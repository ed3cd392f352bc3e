import {
  createDirectDeploymentRequestSchema,
  startDeploymentRequestSchema,
  upsertEnvVarsRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { BATCH_BYTES, DEPLOYMENT_LIMITS } from "../../shared/contract/deployments.ts";
import { requireAdmin } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { readForm } from "../http/multipart.ts";
import { isUuid, parseBody, readBody } from "../http/validate.ts";
import { Deployments } from "./deployments.ts";
import { EnvVarStore } from "./env_vars.ts";
import { invalid, notFound } from "./refusals.ts";

/** Bytes that the ids of a deployment's files take at most, where their contents come together. */
const MAX_IDS_BYTES = DEPLOYMENT_LIMITS.files * 64;

/** Site deployments, their variables, and the preview that serves them (contract section 13). */
export function deployments(backend: LocalBackend): Area {
  const envVars = new EnvVarStore(backend);
  const site = new Deployments(backend, envVars);

  return new Hono<RequestVariables>()
    .use(async (_, next) => {
      await site.opened;
      await next();
    })
    .post("/:id/archive", async (context) => {
      const id = idOf(context);
      const received = await readForm(context, async ({ chunks }, fields) => {
        await site.archives.receive(id, fields, chunks);
        return true;
      });
      if (!received) throw invalid("The form holds no file");
      return context.body(null, 204);
    })
    .use(requireAdmin(backend))
    .get("/", async (context) => {
      const limit = wholeNumber(context, "limit", 50, 1);
      const offset = wholeNumber(context, "offset", 0, 0);
      const { page, total } = await site.store.list(limit, offset);
      context.header("Content-Range", `${offset}-${offset + page.length - 1}/${total}`);
      context.header("Preference-Applied", "count=exact");
      return context.json(page, page.length < total ? 206 : 200);
    })
    .post("/", async (context) => context.json(await site.createFromArchive(), 201))
    .post("/direct", async (context) => {
      const { files } = await parseBody(context, createDirectDeploymentRequestSchema);
      checkLimits(files);
      return context.json(await site.createDirect(files), 201);
    })
    .get("/metadata", async (context) => {
      const currentDeploymentId = await site.store.current() ?? null;
      return context.json({
        currentDeploymentId,
        defaultDomainUrl: currentDeploymentId && site.preview.urlOf(),
        customDomainUrl: null,
      });
    })
    .put("/slug", noDomains)
    .get("/domains", (context) => context.json({ domains: [] }))
    .post("/domains", noDomains)
    .post("/domains/:domain/verify", noDomains)
    .delete("/domains/:domain", noDomains)
    .route("/env-vars", envVarRoutes(envVars))
    .get("/:id", async (context) => context.json(await site.get(idOf(context))))
    .put("/:id/files/:fileId/content", async (context) => {
      requireBytes(context);
      const { id, fileId } = context.req.param();
      if (!isUuid(id) || !isUuid(fileId)) throw invalid("The ids in the path must be UUIDs");
      return context.json(await site.uploads.receive(id, fileId, context.req.raw));
    })
    .put("/:id/files", async (context) => {
      requireBytes(context);
      const bytes = await readBody(context, BATCH_BYTES + MAX_IDS_BYTES);
      await site.uploads.receiveSeveral(idOf(context), bytes);
      return context.body(null, 204);
    })
    .post("/:id/start", async (context) => {
      const settings = await parseBody(context, startDeploymentRequestSchema);
      return context.json(await site.start(idOf(context), settings));
    })
    .post("/:id/sync", async (context) => {
      const deployment = await site.get(idOf(context));
      if (deployment.providerDeploymentId === null) {
        throw invalid(`Deployment ${deployment.id} was never started`);
      }
      return context.json(deployment);
    })
    .post("/:id/cancel", async (context) => {
      const { id } = await site.cancel(idOf(context));
      return context.json({ success: true, message: `Deployment ${id} was canceled` });
    });
}

function noDomains(): never {
  throw new ApiError(
    503,
    "INTERNAL_ERROR",
    "A local backend has no domain names",
    "Link the directory to a hosted project to choose one: insforge link",
  );
}

function envVarRoutes(store: EnvVarStore): Area {
  const missing = (id: string) =>
    new ApiError(404, "ENVIRONMENT_VARIABLE_NOT_FOUND", `There is no variable with the id ${id}`);
  return new Hono<RequestVariables>()
    .get("/", async (context) => context.json({ envVars: await store.list() }))
    .post("/", async (context) => {
      const { envVars } = await parseBody(context, upsertEnvVarsRequestSchema);
      await store.set(envVars);
      const count = envVars.length;
      const message = count === 1 ? "1 variable was set" : `${count} variables were set`;
      return context.json({ success: true, message, count }, 201);
    })
    .get("/:id", async (context) => {
      const id = context.req.param("id");
      const envVar = isUuid(id) ? await store.read(id) : undefined;
      if (!envVar) throw missing(id);
      return context.json({ envVar });
    })
    .delete("/:id", async (context) => {
      const id = context.req.param("id");
      if (!isUuid(id) || !await store.remove(id)) throw missing(id);
      return context.json({ success: true, message: "The variable was removed" });
    });
}

/** The id in the path; what is no UUID is the id of nothing. */
function idOf(context: RequestContext): string {
  const id = context.req.param("id")!;
  if (!isUuid(id)) throw notFound(`Deployment not found: ${id}`);
  return id;
}

/** @throws {ApiError} 415 */
function requireBytes(context: RequestContext): void {
  if (context.req.header("content-type") === "application/octet-stream") return;
  throw new ApiError(415, "INVALID_INPUT", "The content type must be application/octet-stream");
}

function wholeNumber(
  context: RequestContext,
  name: string,
  preset: number,
  least: number,
): number {
  const text = context.req.query(name);
  if (text === undefined) return preset;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalid(`${name}: expected a whole number of at least ${least}`);
}

function checkLimits(files: readonly { path: string; size: number }[]): void {
  const most = DEPLOYMENT_LIMITS;
  if (files.length > most.files) {
    throw invalid(`files: ${files.length} files are more than ${most.files}`);
  }
  const large = files.find(({ size }) => size > most.bytes);
  if (large) throw invalid(`files: ${large.path} is larger than ${most.bytes} bytes`);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > most.bytes) throw invalid(`files: all together are larger than ${most.bytes} bytes`);
}
