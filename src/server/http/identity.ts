import type { DatabaseRole, SessionOptions } from "../database/messages.ts";

/** Who is calling, as the database sees it (contract section 4). */
export interface Identity {
  role: DatabaseRole;
  /**
   * Id of the user; only with the role `authenticated`. Another system, which signs with the
   * project's secret, may give its users ids that are no UUIDs.
   */
  userId?: string;
  email?: string;
}

/** The database session of a caller: its role and what `auth.uid()` and its kin answer. */
export function sessionOf({ role, userId, email }: Identity): SessionOptions {
  return { role, claims: { role, sub: userId, email } };
}

/** The session of raw SQL and of everything else that the project's owner does. */
export const adminSession: SessionOptions = sessionOf({ role: "project_admin" });

/**
 * The session of what the server writes to `auth.users`, whose triggers are the project owner's.
 */
export const USERS_SESSION: SessionOptions = { role: "project_admin" };

/**
 * The session that describes a schema: its owner's for `public`, whose casts and operators are
 * callers' own; only the superuser sees the triggers of the internal ones.
 */
export function readerOf(schema: string): SessionOptions {
  return { ...(schema === "public" ? adminSession : {}), readOnly: true };
}
