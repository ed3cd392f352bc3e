/** Answers of the commands about organizations, what they pay, and their projects. */
import { flag, type JsonSchema, list, maybe, number, object, record, text } from "./json_schema.ts";

const organization = object({ id: text, name: text }, { type: maybe(text) });

const member = object({ id: text, role: text }, {
  user_id: text,
  name: maybe(text),
  email: maybe(text),
  joined_at: text,
});

const invitation = object({ email: text, role: text }, {
  id: text,
  status: text,
  expires_at: text,
});

const project = object({ id: text, name: text }, {
  organization_id: text,
  region: text,
  status: text,
  operation_status: maybe(text),
  instance_type: text,
  service_version: maybe(text),
  customized_domain: maybe(text),
});

const days = object({ start_date: text, end_date: text });

export const organizations: Readonly<Record<string, JsonSchema>> = {
  "orgs list": list(organization),
  "orgs create": organization,
  "orgs update": organization,
  "orgs leave": object({ left: flag, org_id: text }),
  "orgs delete": object({ deleted: flag, org_id: text, linked_project_deleted: flag }),
  "orgs members list": object({ members: list(member), invitations: list(invitation) }),
  "orgs members invite": invitation,
  "orgs members role": member,
  "orgs members remove": object({ removed: flag, member_id: text }),
  "projects list": list(project),
  "projects get": project,
  "projects update": project,
  "projects restore": project,
  "projects transfer": project,
  "projects delete": object({ deleted: flag, project_id: text }),
  "projects update-version": object({ updated: flag }, {
    current_version: text,
    latest_version: text,
    id: text,
    service_version: maybe(text),
    operation_status: maybe(text),
  }),
  "projects upgrade-instance": object({ previousInstanceType: text, newInstanceType: text }, {
    message: text,
    project,
  }),
  "billing status": object({ plan: text, status: text }, {
    currentPeriodEnd: maybe(text),
    cancelAtPeriodEnd: flag,
  }),
  "billing credits": object({
    creditBalanceCents: number,
    creditBalanceFormatted: text,
    transactions: list(object({ amountCents: number, description: text, created: text })),
  }),
  "billing history": list(object({ amount_display: text, status: text, created_at: text }, {
    amount_cents: number,
    currency: maybe(text),
    description: maybe(text),
    invoice_pdf_url: maybe(text),
  })),
  "billing cycles": object({ current: days }, { previous: days }),
  "billing upgrade": object({ checkoutUrl: text, sessionId: text }),
  "billing manage": object({ portalUrl: text }),
  "usage": object({
    organization: object({ id: text, name: text, price_plan: text }),
    usage_summary: record(number),
    projects: list(object({ id: text, name: text, status: text })),
  }),
  "feedback": object({ id: maybe(text), status: text }),
};
