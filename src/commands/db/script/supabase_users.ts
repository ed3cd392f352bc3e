/** Rows of `auth.users` in Supabase's form, as seeds have them, in the form that they have here. */
import { TOKEN } from "./literals.ts";
import { withoutExtensionSchema } from "./supabase.ts";

/** Columns here, and their values out of Supabase's column of the same row. */
const COLUMNS: Readonly<Record<string, readonly [name: string, value: string]>> = {
  id: ["id", "id::uuid"],
  email: ["email", "email::text"],
  encrypted_password: ["password", "NULLIF(encrypted_password::text, '')"],
  email_confirmed_at: ["email_verified", "email_confirmed_at IS NOT NULL"],
  raw_user_meta_data: ["profile", "raw_user_meta_data::jsonb"],
  created_at: ["created_at", "COALESCE(created_at::timestamptz, now())"],
  updated_at: ["updated_at", "COALESCE(updated_at::timestamptz, now())"],
  is_anonymous: ["is_anonymous", "COALESCE(is_anonymous::boolean, false)"],
};

/** What tells its form. */
const ITS_OWN = new Set([
  ...["instance_id", "aud", "role", "encrypted_password", "email_confirmed_at"],
  ...["raw_app_meta_data", "raw_user_meta_data"],
]);

const INTO_USERS = /^INSERT\s+INTO\s+"?auth"?\s*\.\s*"?users"?\s*\(([^)]*)\)\s*([^]*)$/i;
const COMMENT = /--[^\n]*|\/\*[^]*?\*\//g;
const TAIL = new RegExp(String.raw`${TOKEN.source}|\b(?:ON\s+CONFLICT|RETURNING)\b`, "gi");

/** The statement as it is here; nothing where it is about something else, or in InsForge's form. */
export function usersHere(sql: string): string | undefined {
  const [, list, given = ""] = INTO_USERS.exec(sql) ?? [];
  const columns = list?.replaceAll(COMMENT, "").split(",")
    .map((name) => name.trim().replace(/^"(.*)"$/, "$1").toLowerCase());
  if (!columns?.some((name) => ITS_OWN.has(name))) return undefined;
  const kept = columns.map((name) => COLUMNS[name]).filter((column) => column !== undefined);
  const end = given.matchAll(TAIL).find(([token]) => /^[or]/i.test(token))?.index ?? given.length;
  const rows = withoutExtensionSchema(given.slice(0, end));
  return `INSERT INTO auth.users (${kept.map(([name]) => name).join(", ")}) ` +
    `SELECT ${kept.map(([, value]) => value).join(", ")} FROM (${rows}\n) ` +
    `AS given (${columns.map((name) => `"${name}"`).join(", ")}) ${given.slice(end)}`.trimEnd();
}
