/** Branches of the platform's projects: section 2.10 of the HTTP contract. */
import { HttpError, NotFoundError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";
import { sendChange } from "../lost_answer.ts";
import { incomplete } from "./projects.ts";

/** A branch: a project of its own beside its parent. */
export interface HostedBranch {
  readonly id: string;
  readonly name: string;
  readonly organization_id?: string;
  readonly appkey: string;
  readonly region: string;
  /** `creating`, `ready`, `merging`, `merged`, `conflicted`, `resetting` or `deleted`. */
  readonly branch_state: string;
  /** ISO time. */
  readonly branch_created_at?: string;
  readonly branch_metadata?: { readonly mode?: string };
}

/** What a merge would do, or has done. */
export interface MergeDiff {
  readonly summary: {
    readonly added: number;
    readonly modified: number;
    readonly conflicts: number;
  };
  readonly rendered_sql: string;
  readonly changes: readonly unknown[];
  readonly conflicts: readonly {
    readonly schema: string;
    readonly object: string;
    readonly hint?: string;
  }[];
}

/** What became of a merge: where both sides changed the same, nothing. */
export interface MergeOutcome {
  readonly status?: string;
  readonly diff?: MergeDiff;
}

const LIST_HINT = "See what there is with: insforge branch list";
/** A merge computes and runs what it has to on the platform. */
const MERGE_TIMEOUT_MS = 300_000;

/** The branches of a project. */
export async function listHostedBranches(
  platform: HttpClient,
  projectId: string,
): Promise<readonly HostedBranch[]> {
  const answer = await platform.json<{ data?: HostedBranch[] } | undefined>(
    "GET",
    `/projects/v1${path(projectId)}/branches`,
  );
  return answer?.data ?? [];
}

/** The branch with a name. @throws {NotFoundError} */
export async function findHostedBranch(
  platform: HttpClient,
  projectId: string,
  name: string,
): Promise<HostedBranch> {
  const found = (await listHostedBranches(platform, projectId)).find((one) => one.name === name);
  if (found) return found;
  throw new NotFoundError(`There is no branch ${name}.`, { hint: LIST_HINT });
}

/** How a branch stands now. @throws {HttpError} 404 */
export async function getHostedBranch(
  platform: HttpClient,
  id: string,
): Promise<HostedBranch> {
  return branchIn(await platform.json("GET", `/projects/v1/branches${path(id)}`));
}

/** Begins a branch, which is ready some minutes later. @throws {HttpError} 409 for a taken name */
export async function createHostedBranch(
  platform: HttpClient,
  projectId: string,
  request: { readonly name: string; readonly mode: string },
): Promise<HostedBranch> {
  const target = `/projects/v1${path(projectId)}/branches`;
  const send = () => platform.json("POST", target, { json: request });
  return branchIn(await sendChange(send, { may: "the branch may be there", hint: LIST_HINT }));
}

/** Begins to take a branch back to where it began. */
export async function resetHostedBranch(platform: HttpClient, id: string): Promise<HostedBranch> {
  const target = `/projects/v1/branches${path(id)}/reset`;
  return branchIn(await platform.json("POST", target, { idempotent: true }));
}

/** Removes a branch with its data. */
export async function deleteHostedBranch(platform: HttpClient, id: string): Promise<void> {
  await platform.json("DELETE", `/projects/v1/branches${path(id)}`);
}

/** What a merge would do; nothing is done. */
export async function previewMerge(platform: HttpClient, id: string): Promise<MergeDiff> {
  return await platform.json("POST", `/projects/v1/branches${path(id)}/merge`, {
    query: { dryRun: "true" },
    idempotent: true,
    timeoutMs: MERGE_TIMEOUT_MS,
  });
}

/** Merges; undefined where meanwhile both sides have changed the same. */
export async function mergeHostedBranch(
  platform: HttpClient,
  id: string,
): Promise<MergeOutcome | undefined> {
  const target = `/projects/v1/branches${path(id)}/merge`;
  const send = () => platform.json<MergeOutcome>("POST", target, { timeoutMs: MERGE_TIMEOUT_MS });
  try {
    return await sendChange(send, { may: "the branch may be merged", hint: LIST_HINT });
  } catch (error) {
    if (error instanceof HttpError && error.status === 409) return undefined;
    throw error;
  }
}

function branchIn(answer: unknown): HostedBranch {
  const { branch } = Object(answer) as { branch?: HostedBranch };
  if (!branch?.id) throw incomplete("the branch");
  return branch;
}
