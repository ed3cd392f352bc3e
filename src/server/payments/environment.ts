import { paymentEnvironmentParamsSchema } from "@insforge/shared-schemas";
import { parseValue } from "../http/validate.ts";
import type { RequestContext } from "../services.ts";
import type { Environment } from "./keys.ts";

/** The environment that a path names. @throws {ApiError} 400 for another word */
export function environmentOf(context: RequestContext): Environment {
  const environment = context.req.param("environment");
  return parseValue({ environment }, paymentEnvironmentParamsSchema).environment;
}
