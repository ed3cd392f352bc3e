/** The sign-in of a real service: its page, its tokens, its account (RFC 6749, RFC 7636). */
import { forgetOldest } from "../../../core/forget_oldest.ts";
import { fetchFailure } from "../../../core/fetch_failure.ts";
import { isWebAddress } from "../../../core/web_address.ts";
import { readAtMost } from "../../../core/bounded_body.ts";
import { ApiError } from "../../http/api_error.ts";
import type { LocalBackend } from "../../services.ts";
import { OAuthClients } from "./clients.ts";
import { CustomClients } from "./custom_clients.ts";
import { challengeOf } from "./exchange_codes.ts";
import { idTokenPerson } from "./id_tokens.ts";
import { type OAuthService, openIdPerson, type Person, SERVICES } from "./providers.ts";

/** Milliseconds that a service may take to answer. */
const PATIENCE = 10_000;
/** Bytes of its answer. */
const MOST_BYTES = 1024 ** 2;
/** Verifiers that are kept at most. */
const MOST_VERIFIERS = 1000;

type Json = Record<string, unknown>;

/** A service with the project's registration. */
interface Registration extends OAuthService {
  provider: string;
  /** Where the service sends the browser back to. */
  callback: string;
  clientId: string;
  clientSecret: string;
}

/** Signs people in at services of which the project has client ids. */
export class RemoteSignIn {
  readonly #backend: LocalBackend;
  readonly #clients: OAuthClients;
  readonly #custom: CustomClients;
  /** By the state of a sign-in that is under way. */
  readonly #verifiers = new Map<string, string>();

  constructor(backend: LocalBackend) {
    this.#backend = backend;
    this.#clients = new OAuthClients(backend);
    this.#custom = new CustomClients(backend);
  }

  /**
   * The registration of a provider of ours; none where the consent page of this machine is used.
   * @throws {ApiError} 501 when nobody has told how the service is asked
   */
  async builtIn(provider: string): Promise<Registration | undefined> {
    const config = await this.#clients.find(provider);
    const clientSecret = await this.#clients.secretOf(provider);
    if (!config?.clientId || !clientSecret || config.useSharedKey) return undefined;
    const service = SERVICES[provider]!;
    if (!service.authorizeUrl) {
      throw new ApiError(
        501,
        "AUTH_UNSUPPORTED_PROVIDER",
        `Signing in at ${provider} with a client id of your own is not supported`,
        `DELETE /api/auth/oauth/${provider}/config brings the consent page of this machine back.`,
      );
    }
    return {
      ...service,
      scopes: config.scopes ?? service.scopes,
      provider,
      callback: `${this.#backend.url}/api/auth/oauth/${provider}/callback`,
      clientId: config.clientId,
      clientSecret,
    };
  }

  /** The registration with a service of the project's own. @throws {ApiError} 404, 502 */
  async custom(key: string): Promise<Registration> {
    const config = await this.#custom.find(key);
    const clientSecret = await this.#custom.secretOf(key);
    if (!config || !clientSecret) {
      throw new ApiError(
        404,
        "AUTH_OAUTH_CONFIG_NOT_FOUND",
        `There is no sign-in service ${key}`,
        "Add it: POST /api/auth/oauth/custom/configs.",
      );
    }
    const found = await fetchJson(config.discoveryEndpoint, {}, `the discovery document of ${key}`);
    const address = (name: string) => {
      const value = found[name];
      if (typeof value === "string" && isWebAddress(value)) return value;
      throw failed(`The discovery document of ${key} has no ${name}`);
    };
    const userInfo = address("userinfo_endpoint");
    return {
      scopes: ["openid", "profile", "email"],
      authorizeUrl: address("authorization_endpoint"),
      tokenUrl: address("token_endpoint"),
      challenge: true,
      person: async (load) => openIdPerson(await load(userInfo)),
      provider: key,
      callback: `${this.#backend.url}/api/auth/oauth/custom/${key}/callback`,
      clientId: config.clientId,
      clientSecret,
    };
  }

  /** The address of the service's sign-in page. @param more parameters that the app adds */
  async pageOf(
    registration: Registration,
    state: string,
    more: Record<string, string>,
  ): Promise<string> {
    const { authorizeUrl, clientId, callback, scopes, extra, challenge } = registration;
    const url = new URL(authorizeUrl!);
    const parameters: Record<string, string> = {
      client_id: clientId,
      redirect_uri: callback,
      response_type: "code",
      scope: scopes.join(" "),
      state,
      ...extra,
    };
    if (challenge) {
      const verifier = crypto.getRandomValues(new Uint8Array(32)).toHex();
      this.#remember(state, verifier);
      parameters.code_challenge = await challengeOf(verifier);
      parameters.code_challenge_method = "S256";
    }
    for (const [name, value] of Object.entries({ ...more, ...parameters })) {
      url.searchParams.set(name, value);
    }
    return url.href;
  }

  /**
   * Whoever came back from the service with a code.
   * @throws {ApiError} 502 when it does not tell
   */
  async person(registration: Registration, state: string, code: string): Promise<Person> {
    const tokens = await this.#tokens(registration, state, code);
    const { provider, person } = registration;
    const details = person
      ? await person(
        (url) => fetchJson(url, { authorization: `Bearer ${tokens.access_token}` }, provider),
        tokens,
      )
      : await idTokenPerson(provider, String(tokens.id_token), [registration.clientId]);
    const { id = "", email = "", name = "", avatar = "" } = details;
    if (!id) throw failed(`${provider} does not say whose account it is`);
    return { id, email, name: name || email.split("@")[0]!, avatar, details: { ...details } };
  }

  async #tokens(registration: Registration, state: string, code: string): Promise<Json> {
    const { provider, tokenUrl, clientId, clientSecret, callback, challenge, basic } = registration;
    const form = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: callback,
      client_id: clientId,
      ...(basic ? {} : { client_secret: clientSecret }),
    });
    if (challenge) {
      const verifier = this.#verifiers.get(state);
      this.#verifiers.delete(state);
      if (!verifier) throw failed(`The sign-in at ${provider} was not begun here`);
      form.set("code_verifier", verifier);
    }
    const headers: Record<string, string> = {
      "content-type": "application/x-www-form-urlencoded",
      ...(basic ? { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` } : {}),
    };
    const tokens = await fetchJson(tokenUrl!, headers, provider, form.toString());
    if (tokens.access_token) return tokens;
    throw failed(`${provider} gave no token: ${tokens.error_description ?? tokens.error ?? ""}`);
  }

  #remember(state: string, verifier: string): void {
    this.#verifiers.set(state, verifier);
    forgetOldest(this.#verifiers, MOST_VERIFIERS);
  }
}

async function fetchJson(
  url: string,
  headers: Record<string, string>,
  who: string,
  body?: string,
): Promise<Json> {
  try {
    if (!isWebAddress(url)) throw new Error("its address is none of the web");
    const answer = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { accept: "application/json", "user-agent": "insforge", ...headers },
      body,
      signal: AbortSignal.timeout(PATIENCE),
    });
    const bytes = await readAtMost(answer, MOST_BYTES);
    if (!answer.ok || !bytes) throw new Error(`${answer.status}`);
    return parsed(new TextDecoder().decode(bytes));
  } catch (error) {
    throw failed(`${who} could not be asked: ${fetchFailure(error)}`);
  }
}

/** What is no JSON is not repeated. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it answers no JSON");
  }
}

function failed(message: string): ApiError {
  return new ApiError(502, "UPSTREAM_FAILURE", message);
}
