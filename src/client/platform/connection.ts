/** How the InsForge platform is reached, and what its errors mean. */
import { DEFAULT_PLATFORM_URL, readGlobalConfig } from "../../config/global.ts";
import { checkedUrl } from "../../config/target.ts";
import { HttpError } from "../../core/errors.ts";
import { exitCodeForStatus } from "../../core/exit_codes.ts";
import { hintForStatus } from "../backend.ts";
import { HttpClient, type Refusal, type RequestFacts, type SharedSettings } from "../http.ts";

/** What to do without a login. */
export const LOG_IN = "Run `insforge login`, or set INSFORGE_ACCESS_TOKEN.";

/** What of an invocation speaking to the platform takes. */
export interface Caller {
  readonly options: { readonly apiUrl?: string };
  readonly launch: { readonly globalFolder?: string };
  readonly surroundings: SharedSettings;
  env(name: string): string | undefined;
  warn(message: string): void;
}

/** The platform's address: flag, environment, file, default. @throws {UsageError | FileError} */
export async function platformUrl(caller: Caller): Promise<string> {
  const { options, env, launch } = caller;
  if (options.apiUrl) return checkedUrl(options.apiUrl, "--api-url");
  const variable = env("INSFORGE_API_URL");
  if (variable) return checkedUrl(variable, "INSFORGE_API_URL");
  const configured = (await readGlobalConfig(launch.globalFolder)).platform_api_url;
  return checkedUrl(configured ?? DEFAULT_PLATFORM_URL, "platform_api_url");
}

/** A client of the platform without an account. @throws {UsageError | FileError} */
export async function anonymousPlatform(caller: Caller): Promise<HttpClient> {
  return new HttpClient({
    ...caller.surroundings,
    baseUrl: await platformUrl(caller),
    bearer: () => Promise.resolve(undefined),
    toError: platformError,
  });
}

/** Reads an error answer of the platform. */
export function platformError({ status, text }: Refusal, request: RequestFacts): HttpError {
  const body = parse(text);
  const message = body.message && body.error
    ? `${body.error}: ${body.message}`
    : body.message ?? body.error_description ?? body.error;
  return new HttpError(
    message ?? `${request.url.host} answered ${request.method} ${request.url.pathname} with ` +
        `status ${status}.`,
    status,
    body.code ?? CODES[status] ?? "HTTP_ERROR",
    exitCodeForStatus(status),
    {
      hint: status === 401 ? LOG_IN : hintForStatus(status, request.retryAfter),
      facts: body.error ? { reason: body.error } : undefined,
    },
  );
}

const CODES: Readonly<Record<number, string>> = {
  401: "AUTH_ERROR",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
};

function parse(text: string): Partial<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, v]) => typeof v === "string"));
  } catch {
    return {};
  }
}
