/** The platform's account and projects: sections 2.7, 2.8 and 2.13 of the HTTP contract. */
import { cloudHost } from "../../config/project.ts";
import type { BackendTarget } from "../../config/target.ts";
import { HttpError, NetworkError, OperationError } from "../../core/errors.ts";
import type { PlatformProject, PlatformUser } from "../../shared/contract/platform.ts";
import { known } from "../absent.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";
import { sendChange } from "../lost_answer.ts";

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

/** A project. @throws {NotFoundError | HttpError} */
export async function getProject(
  platform: HttpClient,
  projectId: string,
): Promise<PlatformProject> {
  const answer = await knownProject<{ project?: PlatformProject } & PlatformProject | undefined>(
    platform.json("GET", `/projects/v1${path(projectId)}`),
    projectId,
  );
  const project = answer?.project ?? answer;
  if (!project?.appkey || !project.region) {
    throw incomplete(`project ${projectId}`);
  }
  return project;
}

async function knownProject<T>(answer: Promise<T>, id: string): Promise<T> {
  return await known(answer, `There is no project ${id}.`, "See which there are: insforge list");
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

/**
 * What an answer holds under its name, also where it is not wrapped.
 * @throws {OperationError} when a field is missing
 */
export function unwrapped<T>(
  answer: unknown,
  name: string,
  fields: readonly (keyof T & string)[],
): T {
  const { [name]: value = answer } = Object(answer) as Record<string, unknown>;
  const found = Object(value) as Partial<T>;
  if (!fields.every((field) => found[field])) throw incomplete(`the ${name}`);
  return found as T;
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

/** The admin key of a project's backend. @throws {NotFoundError | HttpError} */
export async function getAccessKey(platform: HttpClient, projectId: string): Promise<string> {
  const answer = await knownProject<{ access_api_key?: string } | undefined>(
    platform.json("GET", `/projects/v1${path(projectId)}/access-api-key`),
    projectId,
  );
  if (!answer?.access_api_key) {
    throw incomplete(`the key of project ${projectId}`);
  }
  return answer.access_api_key;
}

/** Looks up the backend of a project by its id. @throws {NotFoundError | HttpError} */
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

/** What can be changed of a project; what is absent stays. */
export interface ProjectChange {
  readonly name?: string;
  readonly customizedDomain?: string;
  /** GiB. */
  readonly storageDiskSize?: number;
}

/** Changes a project's settings. @throws {HttpError} */
export async function updateProject(
  platform: HttpClient,
  projectId: string,
  change: ProjectChange,
): Promise<PlatformProject> {
  const send = () => platform.json("PUT", `/projects/v1${path(projectId)}`, { json: change });
  return projectIn(await sendChange(send, changed(projectId, "the project may be changed")));
}

/** Deletes a project with all that it holds. @throws {HttpError} */
export async function deleteProject(platform: HttpClient, projectId: string): Promise<void> {
  const send = () => platform.json("DELETE", `/projects/v1${path(projectId)}`);
  await sendChange(send, { may: "the project may be deleted", hint: "Look with: insforge list" });
}

/** Hands a project that is there to another organization. @throws {NotFoundError | HttpError} */
export async function transferProject(
  platform: HttpClient,
  projectId: string,
  targetOrganizationId: string,
): Promise<PlatformProject> {
  const target = `/projects/v1${path(projectId)}/transfer`;
  const send = () => platform.json("POST", target, { json: { targetOrganizationId } });
  const sent = sendChange(send, changed(projectId, "the project may be transferred"));
  const absent = `There is no organization ${targetOrganizationId}.`;
  return projectIn(await known(sent, absent, "See which there are with: insforge orgs list"));
}

/** Begins to bring a paused project back. @throws {HttpError} for one that is not paused */
export async function restoreProject(
  platform: HttpClient,
  projectId: string,
): Promise<PlatformProject> {
  const send = () => platform.json("POST", `/projects/v1${path(projectId)}/restore`);
  return projectIn(await sendChange(send, changed(projectId, "it may be on its way back")));
}

/** What became of a project's instance. */
export interface Resizing {
  readonly message: string;
  readonly previousInstanceType: string;
  readonly newInstanceType: string;
}

/** Gives a project another instance, for which it is restarted. @throws {HttpError} */
export async function resizeProject(
  platform: HttpClient,
  projectId: string,
  instanceType: string,
): Promise<Resizing> {
  const target = `/projects/v1${path(projectId)}/upgrade-instance`;
  const send = () => platform.json<Resizing>("POST", target, { json: { instanceType } });
  const answer = await sendChange(send, changed(projectId, "the instance may be changed"));
  if (!answer?.newInstanceType) throw incomplete(`the instance of project ${projectId}`);
  return answer;
}

/** The newest version of the backend, as projects can run it: `v2.2.2`. */
export async function latestBackendVersion(platform: HttpClient): Promise<string> {
  const answer = await platform.json<{ version?: string } | undefined>(
    "GET",
    "/platform/insforge/latest-version",
  );
  if (!answer?.version) throw incomplete("the newest version");
  return answer.version;
}

/** Begins to restart a project with a version of the backend. @throws {HttpError} */
export async function restartWithVersion(
  platform: HttpClient,
  projectId: string,
  version: string,
): Promise<PlatformProject> {
  const send = () =>
    platform.json("POST", `/projects/v1${path(projectId)}/restart`, {
      query: { insforgeOssVersion: version },
    });
  return projectIn(await sendChange(send, changed(projectId, "the update may have begun")));
}

function changed(projectId: string, may: string) {
  return { may, hint: `See how it stands with: insforge projects get --project ${projectId}` };
}

function projectIn(answer: unknown): PlatformProject {
  return unwrapped(answer, "project", ["id", "name"]);
}
