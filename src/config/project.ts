/** `.insforge/project.json`: the link between a directory and a backend. */
import { join, resolve } from "@std/path";
import { FileError } from "../core/errors.ts";
import {
  type JsonObject,
  readJsonFile,
  readJsonFileIfSound,
  readJsonFileSync,
  writeJsonFile,
} from "../files/json_file.ts";
import { requireTrusted } from "./trust.ts";
import { isThere, isWithin, requirePlain } from "../files/real_path.ts";
import {
  branchesFolder,
  ephemeralDataFolder,
  localDataFolder,
  projectFile,
  projectFolder,
} from "./paths.ts";
import { STATE_FILES } from "../shared/contract/state.ts";

/** The fields that InsForge's own CLI writes; others are kept as they are. */
export interface Project extends JsonObject {
  project_id: string;
  project_name?: string;
  org_id?: string;
  appkey?: string;
  region?: string;
  /** The admin key of the backend: never shown. */
  api_key: string;
  /** With scheme, without a trailing slash. */
  oss_host: string;
  /** Where this program's own local backend keeps its data; absent in every other link. */
  data_dir?: string;
  /** Whether dangerous commands wait for a person's approval. */
  guard?: boolean;
  /** The parent, where this is the link of a branch. */
  branched_from?: { readonly project_id: string; readonly project_name?: string };
}

/** The ids that stand for a backend without a platform project, shared with InsForge's own CLI. */
export const SELF_HOSTED = {
  project_id: "fa4e0000-1234-5678-90ab-cd1234567890",
  org_id: "fa4e0001-1234-5678-90ab-cd1234567890",
} as const;

const LEGACY_IDS: Readonly<Record<string, string>> = {
  "oss-project": SELF_HOSTED.project_id,
  "fa4e0000-1234-5678-90ab-0e02b2c3d479": SELF_HOSTED.project_id,
  "oss-org": SELF_HOSTED.org_id,
  "fa4e0001-1234-5678-90ab-0e02b2c3d479": SELF_HOSTED.org_id,
};

/** Whether a project is a self-hosted or local backend, which knows no platform login. */
export function isSelfHosted(project: Pick<Project, "project_id">): boolean {
  return project.project_id === SELF_HOSTED.project_id;
}

/** Whether a project is a backend of `insforge local start`, which can prove that it is ours. */
export function isOwnLocal(project: Project): boolean {
  return isSelfHosted(project) && typeof project.data_dir === "string";
}

/**
 * Reads and heals a project file. Answers `undefined` where there is none.
 * @throws {FileError} when it is broken or lacks what every backend command needs.
 */
export async function readProject(root: string): Promise<Project | undefined> {
  const path = projectFile(root);
  const value = await readJsonFile(path);
  return value && healProject(value, path);
}

/** Writes the link of a directory. @throws {FileError} */
export async function writeProject(root: string, project: Project): Promise<void> {
  await writeJsonFile(projectFile(root), project);
}

/** What the launcher found of a project file: plain data, for it goes to the worker. */
export interface FoundProject {
  readonly project?: Project;
  /** Why there is none although there is a file. */
  readonly problem?: { readonly message: string; readonly hint?: string };
  /** What to say of a link further up that does not count, where there is no other. */
  readonly passedOver?: string;
}

/** Reads a project file for {@link linkedProject}. */
export function findProject(root: string, globalFolder?: string): FoundProject {
  const path = projectFile(root);
  try {
    if (!isThere(path)) return {};
    requirePlain(projectFolder(root));
    requireTrusted(projectFolder(root), ["project.json"], globalFolder);
    const value = readJsonFileSync(path);
    return { project: value && withAddress(withDataDir(root, healProject(value, path))) };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { problem: { message: error.message, hint: error.hint } };
  }
}

/**
 * Names the data of a link to this directory's local backend, which links did not do once: without
 * it, it would be sent its key unasked.
 */
function withDataDir(root: string, project: Project): Project {
  if (!isSelfHosted(project) || project.data_dir !== undefined) return project;
  const dataDir = localDataFolder(root);
  const { apiKey } = readJsonFileIfSound(join(dataDir, STATE_FILES.keys));
  return apiKey === project.api_key ? { ...project, data_dir: dataDir } : project;
}

/** Names the address of a local backend, where `localhost` may be another user's at `::1`. */
function withAddress(project: Project): Project {
  if (!isOwnLocal(project)) return project;
  const oss_host = project.oss_host.replace(
    /^(?<scheme>https?:\/\/)localhost(?=:|$)/i,
    "$<scheme>127.0.0.1",
  );
  return { ...project, oss_host };
}

/**
 * The data directory that the link of a local backend names, which commands act on by themselves.
 * @throws {FileError} for one outside of the project's own folder: a link may have come with a
 * repository, whose authors choose no folder of this machine
 */
export function ownDataDir(root: string, { data_dir }: Project): string {
  const folder = localDataFolder(root);
  const named = resolve(root, data_dir ?? folder);
  if (named === folder || isWithin(branchesFolder(root), named)) return named;
  if (named === ephemeralDataFolder(root)) {
    throw new FileError("The linked backend is ephemeral: it keeps nothing. Nothing was done.", {
      hint: "Run `insforge local start` for one whose data stay.",
    });
  }
  throw new FileError(
    `The linked backend keeps its data in ${named}, outside of this project. Nothing was done.`,
    { hint: "Run `insforge local start` for one in here, or the command where that one is." },
  );
}

/**
 * The project that was linked when the program was started.
 * @throws {FileError} when its file is broken
 */
export function linkedProject(
  { project }: { readonly project: FoundProject },
): Project | undefined {
  if (project.problem) throw new FileError(project.problem.message, { hint: project.problem.hint });
  return project.project;
}

/**
 * Mends what older clients wrote: legacy ids of self-hosted projects, a host without a scheme or
 * with a trailing slash. `path` is named in errors.
 */
export function healProject(value: JsonObject, path: string): Project {
  const text = (field: string) => typeof value[field] === "string" ? value[field] : undefined;
  const projectId = text("project_id");
  const apiKey = text("api_key");
  const host = healHost(text("oss_host"), text("appkey"), text("region"));
  for (const [field, found] of Object.entries({ api_key: apiKey, oss_host: host })) {
    if (!found) {
      throw new FileError(`${path} has no usable "${field}".`, {
        hint: "Run `insforge link` to write it anew.",
      });
    }
  }
  const organization = text("org_id");
  return {
    ...value,
    project_id: LEGACY_IDS[projectId ?? ""] ?? projectId ?? "",
    ...(organization === undefined ? {} : { org_id: LEGACY_IDS[organization] ?? organization }),
    api_key: apiKey!,
    oss_host: host!,
  };
}

function healHost(host?: string, appkey?: string, region?: string): string | undefined {
  if (host && /^https?:\/\//i.test(host)) {
    const url = URL.parse(host);
    // A name before an `@` looks like the host.
    return url && !url.username && !url.password ? host.replace(/\/+$/, "") : undefined;
  }
  return appkey && region ? cloudHost(appkey, region) : undefined;
}

/** The address of a project on the InsForge cloud. */
export function cloudHost(appkey: string, region: string): string {
  return `https://${appkey}.${region}.insforge.app`;
}
