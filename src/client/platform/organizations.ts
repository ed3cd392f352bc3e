/** The organizations of the account: sections 2.8 and 2.11 of the HTTP contract. */
import type {
  Invitation,
  Member,
  MemberRole,
  Organization,
} from "../../shared/contract/platform.ts";
import { known } from "../absent.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";
import { sendChange } from "../lost_answer.ts";
import { unwrapped } from "./projects.ts";

const LIST = "See what there is with: insforge orgs list";

/** The organizations of the account. */
export async function listOrganizations(platform: HttpClient): Promise<Organization[]> {
  const answer = await platform.json<Organization[] | { organizations?: Organization[] }>(
    "GET",
    "/organizations/v1",
  );
  return Array.isArray(answer) ? answer : answer?.organizations ?? [];
}

/** What an organization can be called and be. */
export interface OrganizationChange {
  readonly name?: string;
  /** One of {@link ORGANIZATION_TYPES}. */
  readonly type?: string;
}

/** What an organization can be. */
export const ORGANIZATION_TYPES = ["personal", "team", "company"] as const;

/** Makes an organization, which belongs to the account. */
export async function createOrganization(
  platform: HttpClient,
  request: Required<OrganizationChange>,
): Promise<Organization> {
  const send = () => platform.json("POST", "/organizations/v1", { json: request });
  const may = "the organization may be there";
  return organizationIn(await sendChange(send, { may, hint: LIST }));
}

/** Changes an organization. @throws {HttpError} */
export async function updateOrganization(
  platform: HttpClient,
  id: string,
  change: OrganizationChange,
): Promise<Organization> {
  const send = () => platform.json("PUT", organization(id), { json: change });
  const may = "the organization may be changed";
  return organizationIn(await sendChange(send, { may, hint: LIST }));
}

/** Gives up one's own membership. @throws {HttpError} for its last administrator */
export async function leaveOrganization(platform: HttpClient, id: string): Promise<void> {
  const send = () => platform.json("POST", `${organization(id)}/leave`);
  await sendChange(send, { may: "you may have left it", hint: LIST });
}

/** Deletes an organization with all of its projects. @throws {HttpError} for all but its owner */
export async function deleteOrganization(platform: HttpClient, id: string): Promise<void> {
  const send = () => platform.json("DELETE", organization(id));
  await sendChange(send, { may: "the organization may be deleted", hint: LIST });
}

/** Who belongs to an organization, and who is asked to. */
export async function listMembers(
  platform: HttpClient,
  id: string,
): Promise<{ members: Member[]; invitations: Invitation[] }> {
  const answer = await platform.json<
    { members?: Member[]; invitations?: Invitation[] } | undefined
  >("GET", `${organization(id)}/members`);
  return { members: answer?.members ?? [], invitations: answer?.invitations ?? [] };
}

/** Asks somebody to join, by mail. @throws {HttpError} */
export async function inviteMember(
  platform: HttpClient,
  id: string,
  invited: { readonly email: string; readonly role: MemberRole },
): Promise<Invitation> {
  const send = () => platform.json("POST", `${organization(id)}/members/invite`, { json: invited });
  const may = "the invitation may be on its way";
  return unwrapped<Invitation>(await sendChange(send, { may, hint: MEMBERS }), "invitation", [
    "email",
  ]);
}

/** Takes a member out of an organization. @throws {HttpError} */
export async function removeMember(
  platform: HttpClient,
  id: string,
  memberId: string,
): Promise<void> {
  const send = () => platform.json("DELETE", `${organization(id)}/members${path(memberId)}`);
  await sendChange(send, { may: "the member may be removed", hint: MEMBERS });
}

/** Changes what a member may do. @throws {NotFoundError | HttpError} */
export async function updateMemberRole(
  platform: HttpClient,
  id: string,
  memberId: string,
  role: MemberRole,
): Promise<Member> {
  const target = `${organization(id)}/members${path(memberId)}/role`;
  const send = () => platform.json("PUT", target, { json: { role } });
  const sent = sendChange(send, { may: "the role may be changed", hint: MEMBERS });
  const answer = await known(sent, `The organization ${id} has no member ${memberId}.`, MEMBERS);
  return unwrapped<Member>(answer, "member", ["role"]);
}

const MEMBERS = "See who belongs to it with: insforge orgs members list";

function organization(id: string): string {
  return `/organizations/v1${path(id)}`;
}

function organizationIn(answer: unknown): Organization {
  return unwrapped(answer, "organization", ["id"]);
}
