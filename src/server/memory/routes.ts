import {
  memoryIndexRequestSchema,
  recallRequestSchema,
  rememberRequestSchema,
  type RememberResult,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import { parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { compareBy, type Comparison } from "./embedding.ts";
import { extract } from "./judge.ts";
import { Memories } from "./memories.ts";
import { remember } from "./remember.ts";

/** How near a memory has to be to what is asked, unless the caller says. */
const USUAL_THRESHOLD = 0.45;

/** What agents remember of a project (contract section 20). */
export function memory(backend: LocalBackend): Area {
  const memories = new Memories(backend.database);

  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .post("/remember", async (context) => {
      const { transcript, kind = "fact", title, content, ...belonging } = await parseBody(
        context,
        rememberRequestSchema,
      );
      const { signal } = context.req.raw;
      const found = transcript
        ? await extract(backend, transcript, signal)
        : [{ kind, title: title!, content: content! }];
      const results: RememberResult[] = [];
      let comparison: Comparison | undefined;
      for (const one of found) {
        const kept = await remember(backend, memories, one, belonging, signal);
        results.push(kept.result);
        comparison = kept.comparison;
      }
      return context.json({ results, ...told(comparison) });
    })
    .post("/recall", async (context) => {
      const { scope, query, limit, threshold = USUAL_THRESHOLD } = await parseBody(
        context,
        recallRequestSchema,
      );
      const comparison = await compareBy(backend, query, context.req.raw.signal);
      const nearness = { threshold, limit };
      const found = await memories.near(scope, query, comparison.embedding, nearness);
      return context.json({ memories: found, ...told(comparison) });
    })
    .post("/index", async (context) => {
      const { scope } = await parseBody(context, memoryIndexRequestSchema);
      return context.json({ entries: await memories.titles(scope) });
    });
}

/** Beside what InsForge answers: by what memories were compared, and why not by vectors. */
function told(comparison: Comparison | undefined) {
  if (comparison === undefined) return {};
  const { by } = comparison;
  return by === "words" ? { comparedBy: by, reason: comparison.reason } : { comparedBy: by };
}
