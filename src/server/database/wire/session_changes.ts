/** What a statement changes in its session beyond the transaction. */
export type SessionChange =
  /** @property sql a statement that sets the same again */
  | { readonly kind: "set"; readonly name: string; readonly sql: string }
  /** Without a name: all settings. */
  | { readonly kind: "reset"; readonly name?: string }
  | { readonly kind: "prepare"; readonly name: string; readonly sql: string }
  /** Without a name: all prepared statements. */
  | { readonly kind: "deallocate"; readonly name?: string }
  | { readonly kind: "discard" };

const NAME = `"(?:[^"]|"")+"|[\\w$.\\x80-\\uffff]+`;
const SET = new RegExp(
  `^SET\\s+(?:SESSION\\s+(?!AUTHORIZATION\\b|CHARACTERISTICS\\b))?(?!LOCAL\\b|TRANSACTION\\b|CONSTRAINTS\\b)` +
    `(SESSION\\s+\\w+|TIME\\s+ZONE|${NAME})`,
  "i",
);
const RESET = new RegExp(`^RESET\\s+(SESSION\\s+\\w+|TIME\\s+ZONE|${NAME})`, "i");
const PREPARE = new RegExp(`^PREPARE\\s+(?!TRANSACTION\\b)(${NAME})`, "i");
const DEALLOCATE = new RegExp(`^DEALLOCATE\\s+(?:PREPARE\\s+)?(${NAME})`, "i");
const SET_CONFIG =
  /\bset_config\s*\(\s*'((?:[^']|'')*)'\s*,\s*('(?:[^']|'')*')\s*,\s*(?:'?f(?:alse)?'?)\s*\)/gi;

/** Settings that have several names. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "time zone": "timezone",
  names: "client_encoding",
  schema: "search_path",
};

/** The changes that one statement makes, without comments in front of it. */
export function sessionChanges(text: string): SessionChange[] {
  const [, set] = SET.exec(text) ?? [];
  if (set) return [{ kind: "set", name: settingName(set), sql: text }];
  const [, reset] = RESET.exec(text) ?? [];
  if (reset) return [{ kind: "reset", name: unlessAll(settingName(reset)) }];
  const [, prepare] = PREPARE.exec(text) ?? [];
  if (prepare) return [{ kind: "prepare", name: plainName(prepare), sql: text }];
  const [, deallocate] = DEALLOCATE.exec(text) ?? [];
  if (deallocate) return [{ kind: "deallocate", name: unlessAll(plainName(deallocate)) }];
  if (/^DISCARD\s+ALL\b/i.test(text)) return [{ kind: "discard" }];
  if (!/^SELECT\b/i.test(text)) return [];
  return Array.from(text.matchAll(SET_CONFIG), ([, name = "", value]) => ({
    kind: "set",
    name: settingName(name),
    sql: `SELECT pg_catalog.set_config('${name}', ${value}, false)`,
  }));
}

function unlessAll(name: string): string | undefined {
  return name === "all" ? undefined : name;
}

function settingName(text: string): string {
  const name = plainName(text).toLowerCase().replaceAll(/\s+/g, " ");
  return OTHER_NAMES[name] ?? name;
}

/** A name as PostgreSQL knows it: what stands in no quotes is in small letters. */
function plainName(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}
