/** Domains of a hosted site: section 13.6 of the HTTP contract. */
import { HttpError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

/** A domain that was attached to a site. */
export interface CustomDomain {
  readonly domain: string;
  /** The domain that it is below of, or itself. */
  readonly apexDomain: string;
  readonly verified: boolean;
  /** Whether its records do not lead to the site yet. */
  readonly misconfigured: boolean;
  /** Records that show whose it is. */
  readonly verification?: readonly {
    readonly type: string;
    readonly domain: string;
    readonly value: string;
  }[];
  readonly cnameTarget?: string | null;
  readonly aRecordValue?: string | null;
}

const BASE = "/api/deployments/domains";

/** All domains of the site. */
export async function listDomains(backend: HttpClient): Promise<readonly CustomDomain[]> {
  const answer = await backend.json<{ domains?: CustomDomain[] }>("GET", BASE);
  return answer?.domains ?? [];
}

/** The domain with a name, if it was attached. */
export async function findDomain(
  backend: HttpClient,
  name: string,
): Promise<CustomDomain | undefined> {
  return (await listDomains(backend)).find(({ domain }) => plainDomain(domain) === name);
}

/** Attaches a domain; one that is attached already is answered as it is. */
export async function attachDomain(backend: HttpClient, domain: string): Promise<CustomDomain> {
  try {
    return await backend.json("POST", BASE, { json: { domain }, idempotent: true });
  } catch (error) {
    if (!(error instanceof HttpError && error.status === 409)) throw error;
    const found = await findDomain(backend, domain);
    if (found) return found;
    throw error;
  }
}

/** Has the records of a domain looked at. @throws {HttpError} 404 */
export function verifyDomain(backend: HttpClient, domain: string): Promise<CustomDomain> {
  return backend.json("POST", `${BASE}${path(domain)}/verify`, { idempotent: true });
}

/** Takes a domain away from the site. @throws {HttpError} 404 */
export function removeDomain(
  backend: HttpClient,
  domain: string,
): Promise<{ readonly success?: boolean; readonly message?: string } | undefined> {
  return backend.json("DELETE", BASE + path(domain));
}

/** A name as backends keep it: without case, and without the dot of the root. */
export function plainDomain(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, "");
}
