import process from "node:process";
import { Hono } from "hono";
import type { Timer } from "../core/timer.ts";
import { isChallenge, type KeyProofs, proofOf } from "../shared/contract/key_proof.ts";
import type { LocalMetrics } from "../shared/contract/local_metrics.ts";
import { ApiError } from "./http/api_error.ts";
import { requireAdmin } from "./http/authenticate.ts";
import type { Area, LocalBackend, RequestVariables } from "./services.ts";

/** Milliseconds after which changes go on, whoever copies. */
const LONGEST_HOLD_MS = 60_000;

/**
 * What only a local backend has: `GET /identity` proves whose it is, `GET /metrics` tells what its
 * process takes, `GET /activity` what others wait for, `POST /shutdown` ends the server once the
 * answer is sent, `POST /hold` keeps the database's files as they are for as long as its answer is
 * read: it says `held` when they are.
 */
export function control(backend: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .get("/identity", async (context) => {
      const challenge = context.req.query("challenge");
      if (!isChallenge(challenge)) {
        throw new ApiError(400, "INVALID_INPUT", "challenge takes 32 to 128 hexadecimal digits");
      }
      const port = Number(new URL(backend.url).port);
      const keys = backend.keys.validApiKeys();
      const proofs = await Promise.all(keys.map((key) => proofOf(key, challenge, port)));
      return context.json<KeyProofs>({ proofs });
    })
    .use(requireAdmin(backend))
    .get("/metrics", (context) => {
      const { user, system } = process.cpuUsage();
      return context.json<LocalMetrics>({
        uptimeSeconds: Math.round(process.uptime()),
        cpuSeconds: (user + system) / 1e6,
        memoryBytes: Deno.memoryUsage().rss,
      });
    })
    .get("/activity", (context) => context.json(backend.database.engine.activity()))
    .post("/hold", () => {
      const isOver = Promise.withResolvers<void>();
      let timer: Timer | undefined;
      const body = new ReadableStream<Uint8Array>({
        start(answer) {
          backend.database.hold(async () => {
            answer.enqueue(new TextEncoder().encode("held\n"));
            timer = setTimeout(isOver.resolve, LONGEST_HOLD_MS);
            await isOver.promise;
            clearTimeout(timer);
          }).then(() => answer.close()).catch((error) => {
            // Nobody reads it any more, or it tells why nothing is held.
            try {
              answer.error(error);
            } catch { /* It is closed. */ }
          });
        },
        cancel: () => isOver.resolve(),
      });
      return new Response(body);
    })
    .post("/shutdown", (context) => {
      backend.shutdown();
      return context.json({ success: true, message: "The local backend is shutting down" });
    });
}
