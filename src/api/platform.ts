/** The client of the InsForge platform. Paths and bodies: section 2 of the HTTP contract. */
import { readCredentials } from "../config/credentials.ts";
import { DEFAULT_PLATFORM_URL, readGlobalConfig } from "../config/global.ts";
import { cloudHost } from "../config/project.ts";
import { type BackendTarget, checkedUrl } from "../config/target.ts";
import type { Context } from "../context.ts";
import { AuthError, HttpError, OperationError } from "../errors.ts";
import { exitCodeForStatus } from "../exit_codes.ts";
import { HttpClient, type HttpSettings, path, type RequestFacts } from "./http.ts";

type Surroundings = Pick<HttpSettings, "clock" | "signal" | "userAgent" | "trace">;

/** The platform's address: flag, environment, file, default. @throws {UsageError | FileError} */
export async function platformUrl(context: Context): Promise<string> {
  const { options, env, session } = context;
  if (options.apiUrl) return checkedUrl(options.apiUrl, "--api-url");
  const variable = env("INSFORGE_API_URL");
  if (variable) return checkedUrl(variable, "INSFORGE_API_URL");
  const configured = (await readGlobalConfig(session.globalFolder)).platform_api_url;
  return checkedUrl(configured ?? DEFAULT_PLATFORM_URL, "platform_api_url");
}

/** A client with the account's token. @throws {AuthError} when there is none. */
export async function platformClient(
  context: Context,
  surroundings: Surroundings,
): Promise<HttpClient> {
  const bearer = await accountToken(context);
  return new HttpClient({
    ...surroundings,
    baseUrl: await platformUrl(context),
    bearer: () => Promise.resolve(bearer),
    toError: platformError,
  });
}

async function accountToken({ env, session }: Context): Promise<string> {
  const variable = env("INSFORGE_ACCESS_TOKEN");
  if (variable) return variable;
  const credentials = await readCredentials(session.globalFolder);
  const token = credentials?.user_api_key || credentials?.access_token;
  if (token) return token;
  throw new AuthError("You are not logged in.", {
    hint: "Run `insforge login`, or set INSFORGE_ACCESS_TOKEN.",
  });
}

/** Looks up the backend of a project by its id. @throws {HttpError} */
export async function resolveOverPlatform(
  platform: HttpClient,
  projectId: string,
): Promise<BackendTarget> {
  const base = `/projects/v1${path(projectId)}`;
  const [{ project }, { access_api_key }] = await Promise.all([
    platform.json<{ project?: { appkey?: string; region?: string } }>("GET", base),
    platform.json<{ access_api_key?: string }>("GET", `${base}/access-api-key`),
  ]);
  if (!project?.appkey || !project.region || !access_api_key) {
    throw new OperationError(`The platform's answer about project ${projectId} is incomplete.`);
  }
  return { url: cloudHost(project.appkey, project.region), apiKey: access_api_key };
}

/** Reads an error answer of the platform. */
export async function platformError(
  response: Response,
  request: RequestFacts,
): Promise<HttpError> {
  const { status } = response;
  const body = parse(await response.text());
  const message = body.message && body.error
    ? `${body.error}: ${body.message}`
    : body.message ?? body.error_description ?? body.error;
  return new HttpError(
    message ?? `${request.url.host} answered ${request.method} ${request.url.pathname} with ` +
        `status ${status}.`,
    status,
    body.code ?? CODES[status] ?? "HTTP_ERROR",
    exitCodeForStatus(status),
    { hint: status === 401 ? "Run `insforge login` again." : undefined },
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
