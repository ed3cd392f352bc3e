/** The platform's account, organizations and projects: section 2 of the HTTP contract. */
import { cloudHost } from "../../config/project.ts";
import type { BackendTarget } from "../../config/target.ts";
import { HttpError, NetworkError, OperationError } from "../../core/errors.ts";
import type {
  Organization,
  PlatformProject,
  PlatformUser,
} from "../../shared/contract/platform.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

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
): Promise<Pick<BackendTarget, "url" | "apiKey">> {
  const [project, apiKey] = await Promise.all([
    getProject(platform, projectId),
    getAccessKey(platform, projectId),
  ]);
  return { url: cloudHost(project.appkey, project.region), apiKey };
}
