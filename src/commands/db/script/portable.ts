/**
 * What becomes of a statement on its way to a backend, which keeps roles, databases and sessions to
 * itself (section 16.6 of the HTTP contract): it stays, is written otherwise, is left out, or
 * cannot be imported.
 */
import { asOneLiteral, hasRefusedWord, plainLiterals } from "./literals.ts";
import { NAME } from "./names.ts";
import { isHere, withGrantees, withPolicyRoles, withRoleName } from "./roles.ts";
import { foreignName } from "./foreign.ts";
import type { SkippedKind } from "./skipped.ts";
import { shellWord } from "../../../core/shell_word.ts";
import { withoutPublications } from "./publications.ts";
import {
  type Bucket,
  bucketsMade,
  type HasColumn,
  OF_PLATFORMS,
  vaultSecret,
  withoutExtensionSchema,
  withStorageColumns,
} from "./supabase.ts";
import { withTriggersOnUsers, withUserColumns } from "./supabase_users.ts";

/** What is called otherwise here: a role, or the columns of a table. */
export type Renamed = "service_role" | "storage.objects" | "auth.users";

/** A statement as it is sent, or why it is not. */
export type Outcome =
  | {
    readonly kind: "statement";
    readonly sql: string;
    readonly renamed?: readonly Renamed[];
    /** The one that it makes. */
    readonly extension?: string;
    /** What of it is left out. */
    readonly without?: SkippedKind;
  }
  /** Holds for the statements behind it. */
  | { readonly kind: "setting"; readonly sql: string }
  | {
    readonly kind: "skipped";
    readonly as: SkippedKind;
    readonly names?: readonly string[];
    /** What to type instead. */
    readonly commands?: readonly string[];
  }
  /** The sentence goes on from the place: "line 3: …". */
  | { readonly kind: "refused"; readonly why: string; readonly hint: string };

const skipped = (
  as: SkippedKind,
  names?: readonly string[],
  commands?: readonly string[],
): Outcome => ({ kind: "skipped", as, names, commands });
const refused = (why: string, hint: string): Outcome => ({ kind: "refused", why, hint });

const PUBLIC = String.raw`(?:"public"|public\b)`;

/** Statements that are left out whatever else they say. */
const LEFT_OUT: readonly (readonly [RegExp, SkippedKind])[] = [
  [
    /^(?:BEGIN|COMMIT|END|START\s+TRANSACTION|SET\s+TRANSACTION|SAVEPOINT|RELEASE)\b/i,
    "transaction",
  ],
  [/^VACUUM\b/i, "maintenance"],
  // An ALTER TABLE of several changes has commas between them.
  [new RegExp(String.raw`^ALTER\s(?:[^,()]|\([^()]*\))*\sOWNER\s+TO\s+${NAME}\s*$`, "i"), "owner"],
  [new RegExp(String.raw`^CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?${PUBLIC}`, "i"), "public"],
  [new RegExp(String.raw`^DROP\s+SCHEMA\s+(?:IF\s+EXISTS\s+)?${PUBLIC}`, "i"), "public"],
  [new RegExp(String.raw`^COMMENT\s+ON\s+SCHEMA\s+${PUBLIC}`, "i"), "public"],
  [
    new RegExp(String.raw`^(?:GRANT|REVOKE)\b[^]*\bON\s+SCHEMA\s+${PUBLIC}\s+(?:TO|FROM)\b`, "i"),
    "public",
  ],
  [/^COMMENT\s+ON\s+EXTENSION\b/i, "extensionComment"],
  // It would take along what else uses it, and the file asks for it again.
  [/^DROP\s+EXTENSION\b/i, "extensionRemoval"],
  [/^CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?plpgsql\b/i, "extension"],
  [/^(?:CREATE|COMMENT\s+ON)\b[\w\s]*\sLANGUAGE\s+"?plpgsql\b/i, "extension"],
  [/^(?:(?:CREATE|ALTER|DROP)\s+|COMMENT\s+ON\s+)DATABASE\b/i, "database"],
  [/^(?:GRANT|REVOKE)\b[^]*\bON\s+DATABASE\b/i, "database"],
  [/^(?:(?:CREATE|ALTER)\s+|COMMENT\s+ON\s+)(?:ROLE|USER(?!\s+MAPPING)|GROUP)\b/i, "role"],
  [/^(?:SET|RESET)\s+(?:(?:LOCAL|SESSION)\s+)?(?:ROLE|SESSION\s+AUTHORIZATION)\b/i, "role"],
  [/^(?:(?:CREATE|ALTER|DROP)\s+|COMMENT\s+ON\s+)PUBLICATION\b/i, "publication"],
  [/^(?:(?:CREATE|ALTER|DROP)\s+|COMMENT\s+ON\s+)SUBSCRIPTION\b/i, "subscription"],
  [/^(?:(?:CREATE|ALTER|DROP)\s+|COMMENT\s+ON\s+)EVENT\s+TRIGGER\b/i, "eventTrigger"],
  [/^SECURITY\s+LABEL\b/i, "label"],
  [/^RESET\b/i, "setting"],
  [/^ALTER\s+TABLE\b[^,]*\s(?:DISABLE|ENABLE)\s+TRIGGER\s+ALL\s*$/i, "triggers"],
];

/** Settings of a dump that change nothing here, or that the backend keeps to itself. */
const NEEDLESS = new Set([
  ...["client_encoding", "client_min_messages", "default_table_access_method"],
  ...["default_tablespace", "default_transaction_read_only", "default_with_oids"],
  ...["escape_string_warning", "idle_in_transaction_session_timeout", "idle_session_timeout"],
  ...["lock_timeout", "row_security", "standard_conforming_strings", "statement_timeout"],
  ...["synchronous_commit", "transaction_timeout"],
]);

/** Schemas that a session looks into without being told, and that of Supabase's extensions. */
const SEARCHED = new Set(["", '"$user"', "$user", "public", "pg_catalog", "extensions"]);

/** A column whose type `information_schema` does not name. */
const WITHOUT_TYPE = new RegExp(
  String.raw`[(,]\s*(${NAME})\s+(?:ARRAY|USER-DEFINED)\s*(?:[,)]|NOT\b|DEFAULT\b)`,
);

/** Decides on a statement. @param hasColumn what is known of the tables that it may name */
export function portable(
  sql: string,
  hasInnerSemicolon: boolean,
  hasColumn: HasColumn = () => false,
): Outcome {
  const outcome = decide(sql, hasColumn);
  if (outcome.kind !== "statement") return outcome;
  const plain = plainLiterals(outcome.sql);
  if (hasRefusedWord(plain)) {
    return refused(
      "backends refuse the word set_config where it is no part of a literal",
      "Write SET instead, or make the change without it.",
    );
  }
  return { ...outcome, sql: hasInnerSemicolon ? asOneLiteral(plain) : plain };
}

function decide(sql: string, hasColumn: HasColumn): Outcome {
  // What follows is told by its beginning; most statements of a large file are rows.
  if (/^INSERT\b/i.test(sql)) {
    const buckets = bucketsMade(sql);
    if (buckets) return skippedBuckets(buckets);
    // Rows name no columns of other tables.
    return /\bVALUES\b/i.test(sql.slice(0, 1_000)) ? { kind: "statement", sql } : asHere(sql);
  }
  const left = LEFT_OUT.find(([pattern]) => pattern.test(sql));
  if (left) return skipped(left[1]);
  const foreign = foreignName(sql);
  if (foreign !== undefined) return skipped("foreign", [foreign]);
  if (/^(?:ROLLBACK|ABORT|PREPARE\s+TRANSACTION)\b/i.test(sql)) {
    return refused(
      "an import is one transaction, which ends with the file",
      "Remove ROLLBACK, and what is undone with it.",
    );
  }
  if (/^SELECT\s+pg_catalog\.binary_upgrade_/i.test(sql)) {
    return refused(
      "the file was made with pg_dump --binary-upgrade, for pg_upgrade alone",
      "Make it anew without that option: pg_dump DATABASE > dump.sql",
    );
  }
  const secret = vaultSecret(sql);
  if (secret !== undefined) {
    const name = secret === "" ? "NAME" : secret.toUpperCase().replace(/\W/g, "_");
    return skipped("secret", secret === "" ? [] : [secret], [`insforge secrets add ${name}`]);
  }
  if (/^SET\s+(?!CONSTRAINTS\b)/i.test(sql)) return decideSetting(sql);
  if (/^SELECT\s+(?:pg_catalog\s*\.\s*)?set_config\s*\(/i.test(sql)) return decideSetConfig(sql);
  if (/^(?:GRANT|REVOKE)\b/i.test(sql)) return decideGrant(sql);
  if (/^ALTER\s+DEFAULT\s+PRIVILEGES\b/i.test(sql)) return decideDefaults(sql);
  if (/^(?:CREATE|ALTER)\s+POLICY\b/i.test(sql)) {
    const { sql: kept, missing, isRenamed } = withPolicyRoles(withoutExtensionSchema(sql));
    if (kept === undefined) return skipped("policy", missing);
    const here = withStorageColumns(kept, hasColumn);
    const outcome = asHere(here);
    const { renamed = [] } = outcome;
    return {
      ...outcome,
      renamed: [...renamedRole(isRenamed), ...here === kept ? [] : OBJECTS, ...renamed],
    };
  }
  if (/^CREATE\s+EXTENSION\b/i.test(sql)) return decideExtension(sql);
  const [, typeless] = /^CREATE\s+TABLE\b/i.test(sql) && WITHOUT_TYPE.exec(sql) || [];
  if (typeless !== undefined) {
    return refused(
      `the type of ${typeless} was lost: InsForge's export writes ARRAY or USER-DEFINED for it`,
      "Write the type, such as text[], or export anew where the data are: insforge db export",
    );
  }
  if (/^CREATE\s+SCHEMA\b/i.test(sql)) return { kind: "statement", sql: withoutOwner(sql) };
  return asHere(withTriggersOnUsers(inTransaction(withoutExtensionSchema(sql))));
}

const CODE = /^(?:DO|CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|VIEW))\b/i;

/** Code that asks for Supabase's role, reads its users or adds to publications, as it is here. */
function asHere(sql: string): Extract<Outcome, { kind: "statement" }> {
  const here = withUserColumns(sql);
  const named = CODE.test(here) ? withRoleName(here) : here;
  const plain = withoutPublications(named);
  const users = here === sql ? [] : USERS;
  return {
    kind: "statement",
    sql: plain,
    renamed: [...renamedRole(named !== here), ...users],
    without: plain === named ? undefined : "publication",
  };
}

/** A bucket is public here unless it is made private; what it is called there it is here. */
function skippedBuckets(buckets: readonly Bucket[]): Outcome {
  return skipped(
    "bucket",
    buckets.map(({ name }) => name),
    buckets.map(({ name, isPublic }) =>
      `insforge storage create-bucket ${shellWord(name)}${isPublic ? "" : " --private"}`
    ),
  );
}

/** No transaction can make or drop an index concurrently, and nobody waits for this one. */
function inTransaction(sql: string): string {
  return sql.replace(/^((?:CREATE(?:\s+UNIQUE)?|DROP)\s+INDEX)\s+CONCURRENTLY\b/i, "$1");
}

const OBJECTS = ["storage.objects"] as const;
const USERS = ["auth.users"] as const;

function renamedRole(isRenamed: boolean): readonly Renamed[] {
  return isRenamed ? ["service_role"] : [];
}

/** A schema, which belongs to who imports it; one that is there already is as good. */
function withoutOwner(sql: string): string {
  const [, name] = new RegExp(
    String
      .raw`^CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?(${NAME})(?:\s+AUTHORIZATION\s+${NAME})?\s*$`,
    "i",
  ).exec(sql) ?? [];
  return name === undefined || /^authorization$/i.test(name)
    ? sql
    : `CREATE SCHEMA IF NOT EXISTS ${name}`;
}

function decideSetting(sql: string): Outcome {
  const [, name = "", value = ""] = new RegExp(
    String
      .raw`^SET\s+(?:(?:SESSION|LOCAL)\s+)?(TIME\s+ZONE|NAMES|${NAME})\s*(?:=|\bTO\b)?\s*([^]*)$`,
    "i",
  ).exec(sql) ?? [];
  const setting = name.toLowerCase();
  if (setting === "search_path") return decideSearchPath(value);
  if (NEEDLESS.has(setting) || setting === "names") return skipped("setting");
  if (setting === "session_replication_role") return skipped("triggers");
  // For this transaction: the backend's sessions go on to serve others.
  return { kind: "setting", sql: sql.replace(/^SET\s+(?:(?:SESSION|LOCAL)\s+)?/i, "SET LOCAL ") };
}

function decideSetConfig(sql: string): Outcome {
  const [, name, value = ""] =
    /set_config\s*\(\s*'([^']*)'\s*,\s*'([^']*)'\s*,\s*\w+\s*\)\s*$/i.exec(sql) ?? [];
  if (name?.toLowerCase() === "search_path") return decideSearchPath(value);
  if (name === undefined || !/^[\w.]+$/.test(name)) {
    return refused("backends refuse set_config", "Write SET instead.");
  }
  return decideSetting(`SET ${name} = '${value}'`);
}

/** Where names without a schema are looked for, a backend does not let be changed. */
function decideSearchPath(value: string): Outcome {
  const schemas = value.split(",").map((name) => name.trim().replace(/^(['"])(.*)\1$/, "$2"));
  const isKnown = schemas.every((schema) => SEARCHED.has(schema.toLowerCase())) ||
    /^default$/i.test(value.trim());
  return isKnown ? skipped("setting") : refused(
    `search_path cannot be changed to ${value.trim()}`,
    "Write the schema in front of the names instead, as pg_dump does.",
  );
}

function decideGrant(sql: string): Outcome {
  if (!/\bON\b/i.test(sql)) return skipped("role");
  const { sql: kept, missing, isRenamed } = withGrantees(sql);
  return kept === undefined
    ? skipped("grant", missing)
    : { kind: "statement", sql: kept, renamed: renamedRole(isRenamed) };
}

function decideDefaults(sql: string): Outcome {
  const [, owners] = new RegExp(
    String.raw`\bFOR\s+(?:ROLE|USER)\s+(${NAME}(?:\s*,\s*${NAME})*)`,
    "i",
  ).exec(sql) ?? [];
  const others = owners?.split(",").map((role) => role.trim())
    .filter((role) => !isHere(role) || !/project_admin/.test(role)) ?? [];
  if (others.length > 0) return skipped("defaults", others);
  const { sql: kept, missing, isRenamed } = withGrantees(sql);
  return kept === undefined
    ? skipped("grant", missing)
    : { kind: "statement", sql: kept, renamed: renamedRole(isRenamed) };
}

function decideExtension(sql: string): Outcome {
  const [, name = ""] = /^CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w-]+)"?/i.exec(sql) ??
    [];
  const extension = name.toLowerCase();
  if (OF_PLATFORMS.has(extension)) return skipped("extension", [name]);
  const here = sql.replace(/\s+(?:WITH\s+)?SCHEMA\s+"?extensions"?(?=\s|$)/i, "")
    // One that is there already is as good.
    .replace(/^(CREATE\s+EXTENSION)\s+(?!IF\s)/i, "$1 IF NOT EXISTS ");
  return { kind: "statement", sql: here, extension };
}
