/** The client of the InsForge platform. Paths and bodies: section 2 of the HTTP contract. */
import { readCredentials, writeCredentials } from "../config/credentials.ts";
import { withFileLock } from "../files/file_lock.ts";
import { DEFAULT_PLATFORM_URL, readGlobalConfig } from "../config/global.ts";
import { credentialsFile } from "../config/paths.ts";
import { cloudHost } from "../config/project.ts";
import { type BackendTarget, checkedUrl } from "../config/target.ts";
import type { Organization, PlatformProject, PlatformUser } from "../shared/contract/platform.ts";
import type { Context } from "../cli/context.ts";
import { AuthError, FileError, HttpError, NetworkError, OperationError } from "../core/errors.ts";
import { exitCodeForStatus } from "../core/exit_codes.ts";
import { hintForStatus } from "./backend.ts";
import { HttpClient, path, type RequestFacts } from "./http.ts";

/** The platform's address: flag, environment, file, default. @throws {UsageError | FileError} */
export async function platformUrl(context: Context): Promise<string> {
  const { options, env, launch } = context;
  if (options.apiUrl) return checkedUrl(options.apiUrl, "--api-url");
  const variable = env("INSFORGE_API_URL");
  if (variable) return checkedUrl(variable, "INSFORGE_API_URL");
  const configured = (await readGlobalConfig(launch.globalFolder)).platform_api_url;
  return checkedUrl(configured ?? DEFAULT_PLATFORM_URL, "platform_api_url");
}

/**
 * A client with the account's token, which renews it once when it is refused.
 * @throws {AuthError} when there is no token.
 */
export async function platformClient(context: Context): Promise<HttpClient> {
  let bearer = await accountToken(context);
  return new HttpClient({
    ...context.surroundings,
    baseUrl: await platformUrl(context),
    bearer: async () => bearer ??= await renewToken(context, undefined),
    toError: platformError,
    renew: async () => {
      if (context.env("INSFORGE_ACCESS_TOKEN")) return false;
      bearer = await renewToken(context, bearer);
      return true;
    },
  });
}

const LOG_IN = "Run `insforge login`, or set INSFORGE_ACCESS_TOKEN.";

/** The bearer at hand; `undefined` when there is only a refresh token. @throws {AuthError} */
async function accountToken({ env, launch }: Context): Promise<string | undefined> {
  const variable = env("INSFORGE_ACCESS_TOKEN");
  if (variable) return variable;
  const credentials = await readCredentials(launch.globalFolder);
  const token = credentials?.user_api_key || credentials?.access_token;
  if (token || credentials?.refresh_token) return token || undefined;
  throw new AuthError("You are not logged in.", { hint: LOG_IN });
}

/**
 * Replaces a refused token. One process at a time: who comes second finds the token that the first
 * one stored, because a refresh token is good for one use.
 */
async function renewToken(
  context: Context,
  refused: string | undefined,
): Promise<string> {
  const { globalFolder } = context.launch;
  if (!globalFolder) throw new AuthError("You are not logged in.", { hint: LOG_IN });
  return await withFileLock(credentialsFile(globalFolder), async () => {
    const credentials = await readCredentials(globalFolder) ?? {};
    const { user_api_key, access_token, refresh_token } = credentials;
    const current = user_api_key || access_token;
    if (current && current !== refused) return current;
    if (user_api_key) {
      throw new AuthError("The stored user API key is revoked or has expired.", { hint: LOG_IN });
    }
    if (refresh_token?.startsWith("uak_")) {
      // Written so by early versions of InsForge's own CLI.
      const promoted = { user_api_key: refresh_token, access_token: "", refresh_token: "" };
      await writeCredentials(globalFolder, { ...credentials, ...promoted });
      return refresh_token;
    }
    if (!refresh_token) throw new AuthError("Your login has expired.", { hint: LOG_IN });
    const { anonymousPlatform, clientId, refresh } = await import("./oauth.ts");
    const answer = await refresh(await anonymousPlatform(context), {
      clientId: await clientId(context),
      refreshToken: refresh_token,
    }).catch((error) => {
      if (error instanceof NetworkError) throw error;
      throw new AuthError("Your login has expired.", { hint: LOG_IN, cause: error });
    });
    await writeCredentials(globalFolder, {
      ...credentials,
      access_token: answer.access_token,
      refresh_token: answer.refresh_token || refresh_token,
    }).catch((error) => {
      if (!(error instanceof FileError)) throw error;
      context.warn(`The renewed login could not be stored. ${error.message}`);
    });
    return answer.access_token;
  });
}

/** The account's profile. @throws {HttpError | AuthError} */
export async function getProfile(platform: HttpClient): Promise<PlatformUser> {
  const answer = await platform.json<{ user?: PlatformUser } & PlatformUser | undefined>(
    "GET",
    "/auth/v1/profile",
  );
  const user = answer?.user ?? answer;
  if (!user?.id) throw incomplete("the account");
  return user;
}

/** The organizations of the account. */
export async function listOrganizations(platform: HttpClient): Promise<Organization[]> {
  const answer = await platform.json<Organization[] | { organizations?: Organization[] }>(
    "GET",
    "/organizations/v1",
  );
  return Array.isArray(answer) ? answer : answer?.organizations ?? [];
}

/** The projects of an organization. */
export async function listProjects(
  platform: HttpClient,
  organizationId: string,
): Promise<PlatformProject[]> {
  const answer = await platform.json<PlatformProject[] | { projects?: PlatformProject[] }>(
    "GET",
    `/organizations/v1${path(organizationId)}/projects`,
  );
  return Array.isArray(answer) ? answer : answer?.projects ?? [];
}

/** A project. @throws {HttpError} */
export async function getProject(
  platform: HttpClient,
  projectId: string,
): Promise<PlatformProject> {
  const answer = await platform.json<{ project?: PlatformProject } & PlatformProject | undefined>(
    "GET",
    `/projects/v1${path(projectId)}`,
  );
  const project = answer?.project ?? answer;
  if (!project?.appkey || !project.region) {
    throw incomplete(`project ${projectId}`);
  }
  return project;
}

/** An answer of the platform that lacks what it is asked for. */
export function incomplete(subject: string): OperationError {
  return new OperationError(
    `The platform's answer about ${subject} is incomplete.`,
    "INVALID_RESPONSE",
    {
      hint: "Try again; if it goes on, check the address of the platform.",
    },
  );
}

/** The regions that the platform offers. */
export const REGIONS = ["us-east", "us-west", "eu-central", "ap-southeast"] as const;

/**
 * Creates a project. When the answer is lost on the way, looks whether it came to be before giving
 * up: a second one would cost its owner. @throws {HttpError | NetworkError}
 */
export async function createProject(
  platform: HttpClient,
  organizationId: string,
  request: { readonly name: string; readonly region?: string },
): Promise<{ readonly id: string }> {
  const before = new Set((await listProjects(platform, organizationId)).map(({ id }) => id));
  try {
    const answer = await platform.json<{ project?: { id?: string } } | undefined>(
      "POST",
      `/organizations/v1${path(organizationId)}/projects`,
      { json: request },
    );
    if (answer?.project?.id) return { id: answer.project.id };
  } catch (error) {
    const isAmbiguous = error instanceof NetworkError ||
      (error instanceof HttpError && error.status >= 500);
    if (!isAmbiguous) throw error;
    const found = await findNew(platform, organizationId, request.name, before);
    if (found) return found;
    throw error;
  }
  throw incomplete("the new project");
}

async function findNew(
  platform: HttpClient,
  organizationId: string,
  name: string,
  before: ReadonlySet<string>,
): Promise<PlatformProject | undefined> {
  const projects = await listProjects(platform, organizationId).catch(() => []);
  return projects.find((project) => project.name === name && !before.has(project.id));
}

/** The admin key of a project's backend. @throws {HttpError} */
export async function getAccessKey(platform: HttpClient, projectId: string): Promise<string> {
  const answer = await platform.json<{ access_api_key?: string } | undefined>(
    "GET",
    `/projects/v1${path(projectId)}/access-api-key`,
  );
  if (!answer?.access_api_key) {
    throw incomplete(`the key of project ${projectId}`);
  }
  return answer.access_api_key;
}

/** Looks up the backend of a project by its id. @throws {HttpError} */
export async function resolveOverPlatform(
  platform: HttpClient,
  projectId: string,
): Promise<BackendTarget> {
  const [project, apiKey] = await Promise.all([
    getProject(platform, projectId),
    getAccessKey(platform, projectId),
  ]);
  return { url: cloudHost(project.appkey, project.region), apiKey };
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
