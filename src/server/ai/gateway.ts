import { fetchFailure } from "../../core/fetch_failure.ts";
import { ApiError } from "../http/api_error.ts";
import type { Gateway } from "./types.ts";
import type { LocalBackend } from "../services.ts";

const OPENROUTER = "https://openrouter.ai/api/v1";

/** The secrets that hold keys: OpenRouter's, and that of an address of one's own. */
export const OPENROUTER_KEY = "OPENROUTER_API_KEY";
const OWN_KEY = "AI_API_KEY";

/**
 * The way to the models: the echo, the address that the server was started with, or OpenRouter when
 * there is a key.
 * @throws {ApiError} 503 that says what to set up
 */
export async function openGateway(
  { ai, secrets }: Pick<LocalBackend, "ai" | "secrets">,
): Promise<Gateway> {
  if (ai.echo) return (await import("./echo.ts")).echo;
  if (ai.url) return new RemoteGateway(ai.url, await secrets.read(OWN_KEY));
  const key = await secrets.read(OPENROUTER_KEY);
  if (key) return new RemoteGateway(OPENROUTER, key);
  throw new ApiError(
    503,
    "AI_UPSTREAM_UNAVAILABLE",
    "AI is not set up: there is no key and no address of models",
    `Run \`insforge secrets add ${OPENROUTER_KEY}\`, or start the backend with --ai-url (Ollama's is ` +
      "http://127.0.0.1:11434/v1) or, for tests, with --ai-echo.",
  );
}

class RemoteGateway implements Gateway {
  readonly #base: string;
  readonly #key: string | undefined;

  constructor(base: string, key: string | undefined) {
    this.#base = base.replace(/\/+$/, "");
    this.#key = key;
  }

  async ask(path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const url = `${this.#base}/${path}`;
    const { host } = new URL(url);
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(this.#key && { authorization: `Bearer ${this.#key}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      // The key is for this address alone.
      redirect: "manual",
      signal,
    }).catch((error) => {
      throw unavailable(`${host} does not answer: ${fetchFailure(error)}`);
    });
    if (response.ok) return response;
    throw unavailable(`${host} answered ${response.status}: ${await reasonOf(response)}`);
  }
}

/** What an API says in OpenAI's envelope, or in words of its own. */
async function reasonOf(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, 2000);
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } | string };
    return (typeof error === "string" ? error : error?.message) ?? text;
  } catch {
    return text || response.statusText;
  }
}

function unavailable(reason: string): ApiError {
  return new ApiError(
    502,
    "AI_UPSTREAM_UNAVAILABLE",
    `The model's answer is unavailable: ${reason}`,
    "Check the model, the key and the address.",
  );
}
