/** Which backend a command talks to: environment before file. */
import { NotLinkedError, UsageError } from "../core/errors.ts";
import { type FoundProject, linkedProject, type Project } from "./project.ts";

/** A backend and the key that opens it. */
export interface BackendTarget {
  /** With scheme, without a trailing slash. */
  readonly url: string;
  readonly apiKey: string;
  /** The project file's content, where the target comes from there. */
  readonly project?: Project;
}

/** How the target of `INSFORGE_PROJECT_ID` is looked up, over the platform. */
export type ResolveProject = (projectId: string) => Promise<BackendTarget>;

/**
 * Finds the backend of an invocation: `INSFORGE_PROJECT_ID` when it names another project than the
 * linked one, `INSFORGE_BASE_URL` with `INSFORGE_API_KEY`, then the project file.
 * @throws {NotLinkedError} when nothing names a backend.
 * @throws {FileError} when the project file is broken.
 */
export async function resolveTarget(
  launch: { readonly project: FoundProject },
  env: (name: string) => string | undefined,
  resolveProject: ResolveProject,
): Promise<BackendTarget> {
  const url = env("INSFORGE_BASE_URL");
  const apiKey = env("INSFORGE_API_KEY");
  if (url && apiKey) return { url: checkedUrl(url, "INSFORGE_BASE_URL"), apiKey };
  const wanted = env("INSFORGE_PROJECT_ID");
  const project = linkedProject(launch);
  if (wanted && wanted !== project?.project_id) return await resolveProject(wanted);
  if (project) return { url: project.oss_host, apiKey: project.api_key, project };
  const missing = url ? "INSFORGE_API_KEY" : apiKey ? "INSFORGE_BASE_URL" : undefined;
  const { passedOver } = launch.project;
  const why = passedOver === undefined ? "" : ` ${passedOver}`;
  throw new NotLinkedError(`This directory is not linked to a project.${why}`, {
    hint: missing
      ? `Set ${missing} as well, or run \`insforge link\`.`
      : "Run `insforge link`, `insforge create`, or `insforge local start` for a local backend.",
  });
}

/** Checks an address that a user gave; `source` names where. @throws {UsageError} */
export function checkedUrl(value: string, source: string): string {
  if (!/^https?:\/\/./i.test(value) || !URL.canParse(value)) {
    throw new UsageError(`${source} is not an http(s) address: ${value}`, {
      hint: "Give it in full, such as http://127.0.0.1:7130.",
    });
  }
  const url = new URL(value);
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError(`${source} must be a plain address without credentials, query or hash.`);
  }
  return value.replace(/\/+$/, "");
}
