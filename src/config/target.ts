/** Which backend a command talks to: environment before file. */
import { type CliError, NotLinkedError, UsageError } from "../core/errors.ts";
import { type FoundProject, linkedProject, type Project } from "./project.ts";

/** A backend and the key that opens it. */
export interface BackendTarget {
  /** With scheme, without a trailing slash. */
  readonly url: string;
  readonly apiKey: string;
  /** The variables or the file that name it, as people write them. */
  readonly source: string;
  /** Variables that are set and name another backend, which is not acted on. */
  readonly unused?: readonly string[];
  /** The project file's content, where the target comes from there. */
  readonly project?: Project;
}

/** How the target of a named project is looked up, over the platform. */
export type ResolveProject = (projectId: string) => Promise<Omit<BackendTarget, "source">>;

export const URL_VARIABLE = "INSFORGE_BASE_URL";
export const KEY_VARIABLE = "INSFORGE_API_KEY";
/** The variables that name a backend together, as people write them. */
export const PAIR = `${URL_VARIABLE} and ${KEY_VARIABLE}`;
const PROJECT_VARIABLE = "INSFORGE_PROJECT_ID";
const PROJECT_OPTION = "--project-id";

/** What the launcher knows of the link, and of what was typed. */
interface Launch {
  readonly project: FoundProject;
  readonly invocation: { readonly values: ReadonlyMap<string, readonly string[]> };
}

/** The project that an option or a variable names instead of the linked one, and which of both. */
export function namedProject(
  { invocation }: Pick<Launch, "invocation">,
  env: (name: string) => string | undefined,
): { readonly id: string; readonly source: string } | undefined {
  const typed = invocation.values.get(PROJECT_OPTION)?.at(-1);
  if (typed === "") throw new UsageError(`${PROJECT_OPTION} is empty.`);
  const id = typed ?? env(PROJECT_VARIABLE);
  if (id === undefined) return undefined;
  return { id, source: typed === undefined ? PROJECT_VARIABLE : PROJECT_OPTION };
}

/**
 * Finds the backend of an invocation: `--project-id`, `INSFORGE_BASE_URL` with `INSFORGE_API_KEY`,
 * `INSFORGE_PROJECT_ID`, the project file. A named project that is the linked one is the file's.
 * @throws {UsageError} for half of the pair of variables, whatever else there is.
 * @throws {NotLinkedError} when nothing names a backend.
 * @throws {FileError} when the project file is broken.
 */
export async function resolveTarget(
  launch: Launch,
  env: (name: string) => string | undefined,
  resolveProject: ResolveProject,
): Promise<BackendTarget> {
  const url = env(URL_VARIABLE);
  const apiKey = env(KEY_VARIABLE);
  const named = namedProject(launch, env);
  const isTyped = named?.source === PROJECT_OPTION;
  if (url && apiKey && !isTyped) {
    return {
      url: checkedUrl(url, URL_VARIABLE),
      apiKey,
      source: PAIR,
      unused: named ? [PROJECT_VARIABLE] : undefined,
    };
  }
  const project = linkedProject(launch);
  if (!isTyped && (url || apiKey)) {
    throw halfOfPair(url ? URL_VARIABLE : KEY_VARIABLE, project !== undefined);
  }
  const unused = isTyped ? [URL_VARIABLE, KEY_VARIABLE, PROJECT_VARIABLE].filter(env) : undefined;
  if (named && named.id !== project?.project_id) {
    return { ...await resolveProject(named.id), source: named.source, unused };
  }
  if (project) {
    return {
      url: project.oss_host,
      apiKey: project.api_key,
      source: PROJECT_FILE,
      unused,
      project,
    };
  }
  const { passedOver } = launch.project;
  const why = passedOver === undefined ? "" : ` ${passedOver}`;
  throw new NotLinkedError(`This directory is not linked to a project.${why}`, {
    hint: "Run `insforge link`, `insforge create`, or `insforge local start` for a local backend.",
  });
}

/** The file of a link, below the directory that is linked. */
const PROJECT_FILE = ".insforge/project.json";

/** Half of what names a backend: to go on with another would act on what was not meant. */
function halfOfPair(variable: string, isLinked: boolean): CliError {
  const missing = variable === URL_VARIABLE ? KEY_VARIABLE : URL_VARIABLE;
  if (!isLinked) {
    return new NotLinkedError("This directory is not linked to a project.", {
      hint: `Set ${missing} as well, or run \`insforge link\`.`,
    });
  }
  return new UsageError(`${variable} is set and ${missing} is not: which backend is meant?`, {
    hint: `Set ${missing} as well, or unset ${variable} to act on the linked project.`,
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
