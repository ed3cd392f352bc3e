/** Supabase's `auth.users`: rows of seeds, columns that code reads, and triggers, as here. */
import { TOKEN } from "./literals.ts";
import { NAME, parseName } from "./names.ts";
import { isInSupabasesWay, withoutExtensionSchema } from "./supabase.ts";

/** Columns here, and their values out of Supabase's column of the same row, which is `given`. */
const COLUMNS: Readonly<Record<string, readonly [name: string, value: string]>> = {
  id: ["id", "given.id::uuid"],
  email: ["email", "given.email::text"],
  encrypted_password: ["password", "NULLIF(given.encrypted_password::text, '')"],
  email_confirmed_at: ["email_verified", "given.email_confirmed_at IS NOT NULL"],
  raw_user_meta_data: ["profile", "given.raw_user_meta_data::jsonb"],
  created_at: ["created_at", "COALESCE(given.created_at::timestamptz, now())"],
  updated_at: ["updated_at", "COALESCE(given.updated_at::timestamptz, now())"],
  is_anonymous: ["is_anonymous", "COALESCE(given.is_anonymous::boolean, false)"],
};

/** What tells its form. */
const ITS_OWN = new Set([
  ...["instance_id", "aud", "role", "encrypted_password", "email_confirmed_at"],
  ...["raw_app_meta_data", "raw_user_meta_data"],
]);

const INTO_USERS = /^INSERT\s+INTO\s+"?auth"?\s*\.\s*"?users"?\s*\(([^)]*)\)\s*([^]*)$/i;
const COMMENT = /--[^\n]*|\/\*[^]*?\*\//g;
const TAIL = new RegExp(String.raw`${TOKEN.source}|\b(?:ON\s+CONFLICT|RETURNING)\b`, "gi");

const BLOCK = /^DO\b|^CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b/i;
/** Where a statement on its tables begins, and where any ends. */
const EDGE = new RegExp(String.raw`${TOKEN.source}|\bINSERT\s+INTO\s+"?auth"?\s*\.|;`, "gi");

/** What was in Supabase's form, as it is here. */
interface Here {
  readonly sql: string;
  /** Whether it makes users. */
  readonly hasUsers: boolean;
  /** How many rows of its other tables, in a block, are not made. */
  readonly leftOut: number;
}

/**
 * The statement as it is here, or a block or a routine whose statements are; nothing where it is
 * about something else, or in InsForge's form.
 */
export function usersHere(sql: string): Here | undefined {
  const users = rowsHere(sql);
  if (users !== undefined) return { sql: users, hasUsers: true, leftOut: 0 };
  return BLOCK.test(sql) ? blockHere(sql) : undefined;
}

function blockHere(block: string): Here | undefined {
  const outside = block.replace(TOKEN, (token) => /^["']/.test(token) ? token : " ");
  const [, language = "plpgsql"] = /\bLANGUAGE\s+["']?(\w+)/i.exec(outside) ?? [];
  if (language.toLowerCase() !== "plpgsql") return undefined;
  let hasUsers = false;
  let leftOut = 0;
  const statementHere = (statement: string): string => {
    const users = rowsHere(statement);
    hasUsers ||= users !== undefined;
    if (users !== undefined || !isInSupabasesWay(statement)) return users ?? statement;
    leftOut++;
    // A statement of PL/pgSQL that does nothing: some blocks must have one.
    return "NULL";
  };
  const sql = block.replace(
    TOKEN,
    (token, tag?: string) =>
      tag ? tag + eachInsert(token.slice(tag.length, -tag.length), statementHere) + tag : token,
  );
  return hasUsers || leftOut > 0 ? { sql, hasUsers, leftOut } : undefined;
}

/** The body with each statement that puts rows into its tables written anew. */
function eachInsert(body: string, anew: (statement: string) => string): string {
  let written = "";
  let end = 0;
  let begin: number | undefined;
  for (const { 0: edge, index } of body.matchAll(EDGE)) {
    if (/^INSERT/i.test(edge)) begin ??= index;
    if (edge !== ";" || begin === undefined) continue;
    written += body.slice(end, begin) + anew(body.slice(begin, index));
    [begin, end] = [undefined, index];
  }
  return written + body.slice(end);
}

function rowsHere(sql: string): string | undefined {
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

const MENTIONS = /(?<![\w".])"?auth"?\s*\.\s*"?users\b/i;
/** A trigger's function names the table nowhere. */
const TRIGGER_FUNCTION = /^CREATE\s[^]*?\sRETURNS\s+"?trigger\b/i;
const COLUMNS_READ: Readonly<Record<string, string>> = {
  raw_user_meta_data: "profile",
  raw_app_meta_data: "metadata",
  encrypted_password: "password",
};
const COLUMN = new RegExp(
  // Rows that were written anew before call them as they were.
  String.raw`\bAS given \([^)]*\)|(?<![\w'"$.])((?:\w+|"\w+")\s*\.\s*)?"?(${
    Object.keys(COLUMNS_READ).join("|")
  })"?(?![\w'"])`,
  "gi",
);
const CONFIRMED = /(?<![\w'"$.])(\w+|"\w+")\s*\.\s*"?email_confirmed_at"?(?![\w'"]|\s*:=)/gi;
const ON_CONFIRMED =
  /^(CREATE\s[\w\s]*?\bTRIGGER\s[^;]*?\bUPDATE\s+OF\b[\w\s,"]*?)"?\bemail_confirmed_at\b"?/i;

/**
 * What reads columns of users by the names that they have at Supabase, by those that they have
 * here. A trigger's function may be any table's: there the row's own alone are told.
 */
export function withUserColumns(sql: string): string {
  if (!/_meta_data|encrypted_password|email_confirmed_at/i.test(sql)) return sql;
  const isTheirs = MENTIONS.test(sql);
  if (!isTheirs && !TRIGGER_FUNCTION.test(sql)) return sql;
  const isRead = (row = "") =>
    !row.startsWith("given") && isTheirs || /^"?(?:new|old)\b/i.test(row);
  return sql.replace(ON_CONFIRMED, "$1email_verified")
    .replace(
      COLUMN,
      (token, row?: string, column?: string) =>
        column && isRead(row) ? `${row ?? ""}${COLUMNS_READ[column.toLowerCase()]}` : token,
    )
    // That it is so is known here, and not when.
    .replace(
      CONFIRMED,
      (token, row: string) =>
        isRead(row) ? `(CASE WHEN ${row}.email_verified THEN ${row}.created_at END)` : token,
    );
}

const ON_USERS = String.raw`ON\s+"?auth"?\s*\.\s*"?users"?`;
const DROP_TRIGGER = new RegExp(
  String.raw`^DROP\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?(${NAME})\s+${ON_USERS}(?![\w"])`,
  "i",
);
const CREATE_TRIGGER = new RegExp(
  String.raw`^CREATE\s+TRIGGER\s(?=(?:"(?:[^"]|"")*"|[^"])*?\s${ON_USERS}(?![\w"]))`,
  "i",
);

/**
 * Triggers on users: the table's owner alone drops them, and everybody who may make one may put
 * another in its place. So one that is dropped becomes one that never fires.
 */
export function withTriggersOnUsers(sql: string): string {
  const [, name] = DROP_TRIGGER.exec(sql) ?? [];
  if (name === undefined) return sql.replace(CREATE_TRIGGER, "CREATE OR REPLACE TRIGGER ");
  const trigger = parseName(name).name.replaceAll("'", "''");
  return "DO $drop$ DECLARE code text; BEGIN " +
    "SELECT tgfoid::regproc INTO code FROM pg_trigger " +
    `WHERE tgrelid = 'auth.users'::regclass AND tgname = '${trigger}' AND NOT tgisinternal; ` +
    `IF FOUND THEN EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER INSERT ON auth.users ` +
    `FOR EACH ROW WHEN (false) EXECUTE FUNCTION %s()', '${trigger}', code); END IF; END $drop$`;
}
