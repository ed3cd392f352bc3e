/** User as the platform describes it (contract section 2.7). */
export interface PlatformUser {
  id: string;
  name: string;
  email: string;
  avatar_url: string | null;
  email_verified: boolean;
}

export interface Organization {
  id: string;
  name: string;
  type: string;
  created_at: string;
  updated_at: string;
}

/** What a member of an organization may do. */
export const MEMBER_ROLES = ["administrator", "developer"] as const;
export type MemberRole = typeof MEMBER_ROLES[number];

/** Who belongs to an organization (contract section 2.11). */
export interface Member {
  id: string;
  user_id: string;
  role: MemberRole;
  joined_at: string;
  name?: string;
  email?: string;
}

/** Who is asked to join an organization (contract section 2.11). */
export interface Invitation {
  id: string;
  email: string;
  role: MemberRole;
  /** `pending`, `accepted`, `expired` or `declined`. */
  status?: string;
  expires_at: string;
}

/** The plan of an organization (contract section 2.12). */
export interface Subscription {
  plan: string;
  status: string;
  currentPeriodEnd?: string;
  cancelAtPeriodEnd?: boolean;
}

export interface Credits {
  creditBalanceCents: number;
  /** With its currency, as people read it. */
  creditBalanceFormatted: string;
  transactions: { amountCents: number; description: string; created: string }[];
}

export interface Payment {
  amount_cents: number;
  /** With its currency, as people read it. */
  amount_display: string;
  currency: string;
  status: string;
  description: string | null;
  invoice_pdf_url: string | null;
  created_at: string;
}

/** Days, both of which belong to it. */
export interface BillingCycle {
  start_date: string;
  end_date: string;
}

/** What an organization has used since its cycle began (contract section 2.12). */
export interface Usage {
  organization: { id: string; name: string; price_plan: string };
  /** Those whose names end in `_bytes` are bytes. */
  usage_summary: Record<string, number>;
  projects: ({ id: string; name: string; status: string } & Record<string, unknown>)[];
}

/** Project as the platform describes it (contract section 2.8). */
export interface PlatformProject {
  id: string;
  organization_id: string;
  name: string;
  appkey: string;
  region: string;
  /** `active` once the backend answers. */
  status: string;
  operation_status?: string | null;
  instance_type: string;
  service_version: string | null;
  customized_domain: string | null;
  created_at: string;
  updated_at: string;
}

/** Answer of the OAuth token endpoint (contract sections 2.2 to 2.4). */
export interface TokenResponse {
  access_token: string;
  refresh_token?: string;
  /** Seconds. */
  expires_in: number;
  scope?: string;
}

/** Answer of the device authorization endpoint (contract section 2.4). */
export interface DeviceAuthorization {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  /** Seconds. */
  expires_in: number;
  /** Seconds between two polls, 5 when absent. */
  interval?: number;
}

export interface LoginResponse {
  token: string;
  user: PlatformUser;
}
