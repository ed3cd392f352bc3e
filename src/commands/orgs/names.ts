/** What is typed of organizations: ids and types. */
import type { HttpClient } from "../../client/http.ts";
import { listOrganizations, ORGANIZATION_TYPES } from "../../client/platform/organizations.ts";
import { choiceOption, requiredOption } from "../../cli/options.ts";
import { NotFoundError } from "../../core/errors.ts";
import type { Organization } from "../../shared/contract/platform.ts";

/** The organization that has to be named: none is ended that was not. @throws {UsageError} */
export function namedOrganization(id: string | undefined): string {
  const hint =
    "Name the organization, as `insforge orgs list` has it: none is taken for granted here.";
  return requiredOption(id, "--org-id", hint);
}

/** The account's organization of an id. @throws {NotFoundError} */
export async function findOrganization(platform: HttpClient, id: string): Promise<Organization> {
  const found = (await listOrganizations(platform)).find((one) => one.id === id);
  if (found) return found;
  throw new NotFoundError(`You belong to no organization ${id}.`, {
    hint: "See which there are with: insforge orgs list",
  });
}

/** What an organization is to be. @throws {UsageError} */
export function typeOption(type: string | undefined): string | undefined {
  return choiceOption(type, "--type", ORGANIZATION_TYPES);
}
