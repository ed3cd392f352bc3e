import {
  chatCompletionRequestSchema,
  embeddingsRequestSchema,
  imageGenerationRequestSchema,
  updateModelGatewayConfigSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { requireAdmin, requireUser } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import { parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { complete, completeStreaming } from "./chat.ts";
import { createEmbeddings } from "./embeddings.ts";
import { openGateway, OPENROUTER_KEY } from "./gateway.ts";
import { generateImages } from "./images.ts";
import { listModels } from "./models.ts";
import { keyOverview } from "./overview.ts";
import { writeEvents } from "./sse.ts";

const MANAGEMENT_KEY = "OPENROUTER_MANAGEMENT_API_KEY";

/** Models, asked in the app's name (contract section 19). */
export function ai(backend: LocalBackend): Area {
  const user = requireUser(backend);
  const admin = requireAdmin(backend);
  const { secrets } = backend;

  const config = async () => ({
    apiKey: statusOf(await secrets.read(OPENROUTER_KEY)),
    managementKey: statusOf(await secrets.read(MANAGEMENT_KEY)),
  });

  async function keep(key: string, value: string | undefined): Promise<void> {
    if (value !== undefined) await secrets.create({ key, value, isReserved: true });
  }

  return new Hono<RequestVariables>()
    .post("/chat/completion", user, async (context) => {
      const request = await parseBody(context, chatCompletionRequestSchema);
      const gateway = await openGateway(backend);
      const { signal } = context.req.raw;
      if (!request.stream) return context.json(await complete(gateway, request, signal));
      const events = writeEvents(completeStreaming(gateway, request, signal));
      return context.body(events, 200, {
        "content-type": "text/event-stream",
        "cache-control": "no-cache",
      });
    })
    .post("/image/generation", user, async (context) => {
      const request = await parseBody(context, imageGenerationRequestSchema);
      const gateway = await openGateway(backend);
      return context.json(await generateImages(gateway, request, context.req.raw.signal));
    })
    .post("/embeddings", user, async (context) => {
      const request = await parseBody(context, embeddingsRequestSchema);
      const gateway = await openGateway(backend);
      return context.json(await createEmbeddings(gateway, request, context.req.raw.signal));
    })
    .get(
      "/models",
      admin,
      async (context) => context.json(await listModels(await openGateway(backend))),
    )
    .get("/config", admin, async (context) => context.json(await config()))
    .put("/config", admin, async (context) => {
      const fields = await parseBody(context, updateModelGatewayConfigSchema);
      await keep(OPENROUTER_KEY, fields.apiKey);
      await keep(MANAGEMENT_KEY, fields.managementKey);
      return context.json(await config());
    })
    .get(
      "/overview",
      admin,
      async (context) => context.json(await keyOverview(backend, context.req.raw.signal)),
    )
    .get("/openrouter/api-key", admin, async (context) => {
      const key = await secrets.read(OPENROUTER_KEY);
      if (key) return context.json({ apiKey: key, maskedKey: masked(key) });
      throw new ApiError(
        400,
        "AI_INVALID_API_KEY",
        "There is no key of OpenRouter",
        `Run \`insforge secrets add ${OPENROUTER_KEY}\`.`,
      );
    });
}

function statusOf(key: string | undefined) {
  return { configured: key !== undefined, maskedKey: key === undefined ? null : masked(key) };
}

function masked(key: string): string {
  return key.length > 12 ? `${key.slice(0, 8)}••••••••${key.slice(-4)}` : "••••••••";
}
