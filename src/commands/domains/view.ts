import type { CustomDomain } from "../../client/backend/domains.ts";
import { facts, table, type View } from "../../terminal/view.ts";

/** How a domain stands, and the records that it needs. */
export function domainView(domain: CustomDomain): View[] {
  const { verified, misconfigured } = domain;
  const records = recordsOf(domain);
  return [
    facts([
      ["Domain", domain.domain],
      ["Verified", verified],
      ["Leads to the site", !misconfigured],
    ]),
    ...records.length === 0 ? [] : [
      table(
        ["Record", { title: "Name", whole: true }, { title: "Value", whole: true }],
        records,
        "",
      ),
    ],
  ];
}

/** What has to stand in the domain's zone: type, name, value. */
function recordsOf(domain: CustomDomain): string[][] {
  const { apexDomain, aRecordValue, cnameTarget, verification = [] } = domain;
  const isApex = domain.domain === apexDomain;
  return [
    ...isApex && aRecordValue ? [["A", apexDomain, aRecordValue]] : [],
    ...!isApex && cnameTarget ? [["CNAME", domain.domain, cnameTarget]] : [],
    ...verification.map(({ type, domain, value }) => [type, domain, value]),
  ];
}
