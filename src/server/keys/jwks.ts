import { Hono } from "hono";
import { publicKeyOf } from "./tokens.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

/** The public key that user tokens can be checked with. */
export function jwks({ keys }: LocalBackend): Area {
  return new Hono<RequestVariables>().get(
    "/",
    async (context) => context.json({ keys: [publicKeyOf(await keys.signingKey())] }),
  );
}
