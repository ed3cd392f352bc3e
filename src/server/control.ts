import { Hono } from "hono";
import { isChallenge, type KeyProofs, proofOf } from "../shared/contract/key_proof.ts";
import { ApiError } from "./http/api_error.ts";
import { requireAdmin } from "./http/authenticate.ts";
import type { Area, LocalBackend, RequestVariables } from "./services.ts";

/**
 * What only a local backend has: `GET /identity` proves whose it is, `POST /shutdown` ends the
 * server once the answer is sent.
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
    .post("/shutdown", (context) => {
      backend.shutdown();
      return context.json({ success: true, message: "The local backend is shutting down" });
    });
}
