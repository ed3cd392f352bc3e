import {
  customOAuthKeySchema,
  oAuthCodeExchangeRequestSchema,
  oAuthInitRequestSchema,
  oAuthProvidersSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../../http/api_error.ts";
import { parseBody, parseValue, readJson } from "../../http/validate.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../../services.ts";
import { AuthConfig } from "../config.ts";
import type { AuthLimits } from "../rate_limits.ts";
import { openSession } from "../sessions.ts";
import { Users, withoutPassword } from "../users.ts";
import { userOfAccount } from "./accounts.ts";
import { OAuthClients } from "./clients.ts";
import { consentRoutes } from "./consent.ts";
import { ExchangeCodes } from "./exchange_codes.ts";
import { idTokenPerson } from "./id_tokens.ts";
import { RemoteSignIn } from "./remote.ts";
import { readState, signState } from "./state.ts";

/**
 * Sign-in by another service: the app asks for the address of its page, the browser goes there and
 * comes back with a code, which the app turns into a session.
 */
export function flowRoutes(backend: LocalBackend): Area {
  const { keys } = backend;
  const config = new AuthConfig(backend);
  const users = new Users(backend);
  const codes = new ExchangeCodes(backend);
  const remote = new RemoteSignIn(backend);

  type Registration = Awaited<ReturnType<RemoteSignIn["custom"]>>;

  /** Answers with the page of a service, or that of this machine. */
  async function begin(
    context: RequestContext,
    provider: string,
    registrationOf: () => Promise<Registration | undefined>,
  ): Promise<Response> {
    const { redirect_uri: redirectUri, code_challenge: codeChallenge, ...more } = parseValue(
      context.req.query(),
      oAuthInitRequestSchema,
    );
    await config.requireAllowedRedirect(redirectUri);
    const registration = await registrationOf();
    const state = await signState(keys, { provider, redirectUri, codeChallenge });
    return context.json({
      authUrl: registration
        ? await remote.pageOf(registration, state, more as Record<string, string>)
        : `${backend.url}/api/auth/oauth/consent?state=${state}`,
    });
  }

  /** Leads a browser that comes from a service back to the app. */
  async function finish(
    context: RequestContext,
    provider: string,
    registrationOf: () => Promise<Registration | undefined>,
  ): Promise<Response> {
    const sent: Record<string, unknown> = context.req.method === "POST"
      ? await context.req.parseBody()
      : context.req.query();
    const signed = String(sent.state ?? "");
    const { redirectUri, codeChallenge } = await readState(keys, signed, provider);
    await config.requireAllowedRedirect(redirectUri);
    const back = new URL(redirectUri);
    try {
      const registration = await registrationOf();
      if (!registration || typeof sent.code !== "string") {
        throw new ApiError(400, "AUTH_UNAUTHORIZED", String(sent.error ?? "Nobody signed in"));
      }
      const person = await remote.person(registration, signed, sent.code);
      const userId = await userOfAccount(backend, provider, person);
      back.searchParams.set("insforge_code", codes.create(userId, codeChallenge));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      back.searchParams.set("error", error.message);
    }
    return context.redirect(back.href);
  }

  const builtIn = (context: RequestContext, answer: typeof begin) => {
    const provider = parseValue(context.req.param("provider"), oAuthProvidersSchema);
    return answer(context, provider, () => remote.builtIn(provider));
  };
  const custom = (context: RequestContext, answer: typeof begin) => {
    const key = parseValue(context.req.param("key"), customOAuthKeySchema);
    return answer(context, key, () => remote.custom(key));
  };

  return new Hono<RequestVariables>()
    .route("/", consentRoutes(backend, codes))
    .post("/exchange", async (context) => {
      const { code, code_verifier } = await parseBody(context, oAuthCodeExchangeRequestSchema);
      const user = await users.byId(await codes.take(code, code_verifier));
      if (!user) throw new ApiError(404, "AUTH_USER_NOT_FOUND", "There is no such user any more");
      return context.json(await openSession(context, keys, withoutPassword(user)));
    })
    .get("/shared/callback/:state", () => {
      throw new ApiError(
        400,
        "INVALID_INPUT",
        "Shared keys are the consent page of this machine here; no service comes back to this route",
      );
    })
    .get("/custom/:key", (context) => custom(context, begin))
    .get("/custom/:key/callback", (context) => custom(context, finish))
    .get("/:provider", (context) => builtIn(context, begin))
    .get("/:provider/callback", (context) => builtIn(context, finish))
    .post("/:provider/callback", (context) => builtIn(context, finish));
}

/** Sign-in with what a service's own app got from it. */
export function idTokenRoutes(backend: LocalBackend, { idTokens }: AuthLimits): Area {
  const clients = new OAuthClients(backend);
  const users = new Users(backend);

  return new Hono<RequestVariables>().post("/id-token", idTokens.guard, async (context) => {
    const { provider, token, nonce, name } = idTokenRequest(await readJson(context));
    const config = await clients.find(provider);
    const clientIds = [config?.clientId, ...config?.nativeClientIds ?? []].flatMap((id) =>
      id ?? []
    );
    if (clientIds.length === 0) {
      throw new ApiError(
        400,
        "AUTH_OAUTH_CONFIG_NOT_FOUND",
        `The client id that ${provider} knows this app by is not configured`,
        `Set it: PUT /api/auth/oauth/${provider}/config.`,
      );
    }
    const person = await idTokenPerson(provider, token, clientIds, nonce);
    const called = { ...person, name: name || person.name };
    const id = await userOfAccount(backend, provider, called);
    return context.json(
      await openSession(context, backend.keys, withoutPassword((await users.byId(id))!)),
    );
  });
}

/** What an app sends with an ID token; Apple's comes with the nonce that Apple was given. */
function idTokenRequest(body: unknown) {
  const { provider, token, nonce, name } = body as Record<string, unknown>;
  const wrong = (message: string) => new ApiError(400, "INVALID_INPUT", message);
  const text = (value: unknown) => typeof value === "string" ? value.trim() : "";
  if (provider !== "google" && provider !== "apple") throw wrong("provider: is google or apple");
  if (!text(token)) throw wrong("token: Token is required");
  if (provider === "apple" && !text(nonce)) throw wrong("nonce: Nonce is required");
  return provider === "apple"
    ? { provider, token: text(token), nonce: text(nonce), name: text(name) }
    : { provider, token: text(token) };
}
