/** Roles of other platforms in grants and policies. */
import { NAME } from "./names.ts";

/**
 * The roles that every backend has (section 16.1 of the HTTP contract), and what names the caller.
 */
const HERE = new Set([
  ...["anon", "authenticated", "project_admin", "public"],
  ...["current_user", "current_role", "session_user"],
]);

/** Roles that are called otherwise here. */
const SAME: Readonly<Record<string, string>> = { service_role: "project_admin" };

const LIST = String.raw`(?:GROUP\s+)?${NAME}(?:\s*,\s*(?:GROUP\s+)?${NAME})*`;
const GRANTEES = new RegExp(
  String
    .raw`\b(TO|FROM)(\s+)(${LIST})((?:\s+WITH\s+GRANT\s+OPTION)?(?:\s+GRANTED\s+BY\s+${NAME})?` +
    String.raw`(?:\s+(?:CASCADE|RESTRICT))?\s*)$`,
  "i",
);
const POLICY_ROLES = new RegExp(
  String.raw`\b(TO)(\s+)(${LIST})(\s*(?:\bUSING\b[^]*|\bWITH\s+CHECK\b[^]*)?)$`,
  "i",
);

/** A statement with the roles that are here, or none when it is about others alone. */
export interface WithRoles {
  readonly sql?: string;
  /** The roles that are not here. */
  readonly missing: readonly string[];
  /** Whether a role was called by its name here. */
  readonly isRenamed: boolean;
}

/** The roles of a GRANT, a REVOKE or an ALTER DEFAULT PRIVILEGES. */
export function withGrantees(sql: string): WithRoles {
  return withRoles(sql, GRANTEES);
}

/** The roles of a policy, and those that its conditions compare with. */
export function withPolicyRoles(sql: string): WithRoles {
  const result = withRoles(sql, POLICY_ROLES);
  const renamed = result.sql === undefined ? undefined : withRoleName(result.sql);
  return { ...result, sql: renamed, isRenamed: result.isRenamed || renamed !== result.sql };
}

/** A statement that compares with a role, or grants to it, by the name that the role has here. */
export function withRoleName(sql: string): string {
  return sql.replace(
    /'service_role'|(?<=\bTO\s+(?:[\w"]+\s*,\s*)*)"?\bservice_role\b"?(?![\w.])/gi,
    (name) => name.startsWith("'") ? `'${SAME.service_role}'` : SAME.service_role!,
  );
}

function withRoles(sql: string, pattern: RegExp): WithRoles {
  const found = pattern.exec(sql);
  if (!found) return { sql, missing: [], isRenamed: false };
  const [whole, word, blank, list, rest] = found;
  const roles = list!.split(",").map((role) => plain(role));
  // Who owns everything here would lose what the other role does.
  const same: typeof SAME = /^from$/i.test(word!) ? {} : SAME;
  const kept = roles.map((role) => same[role] ?? role).filter((role) => HERE.has(role));
  const missing = roles.filter((role) => !HERE.has(same[role] ?? role));
  const isRenamed = roles.some((role) => role in same);
  if (kept.length === 0) return { missing, isRenamed: false };
  if (missing.length === 0 && !isRenamed) return { sql, missing, isRenamed };
  const before = sql.slice(0, found.index);
  const names = [...new Set(kept)].join(", ");
  return {
    sql: before + word + blank + names + (rest ?? whole.slice(whole.length)),
    missing,
    isRenamed,
  };
}

function plain(role: string): string {
  const name = role.trim().replace(/^GROUP\s+/i, "");
  return name.startsWith('"') ? name.slice(1, -1) : name.toLowerCase();
}

/** Whether a role is here by this name. */
export function isHere(role: string): boolean {
  return HERE.has(plain(role));
}
