/**
 * What reaches another server: a backend has no wrapper to do so, and its role may make none. The
 * rows of such tables are not in a dump, which is whole without them.
 */
import { NAME, parseName, shownName } from "./names.ts";

const IF = String.raw`(?:IF\s+(?:NOT\s+)?EXISTS\s+)?`;
const KIND = String.raw`(?:FOREIGN\s+(?:TABLE|DATA\s+WRAPPER)|SERVER)`;
/** Between the name of a trigger and that of its table. */
const TRIGGER = String.raw`(?:CONSTRAINT\s+)?TRIGGER\s(?:"(?:[^"]|"")*"|[^"])*?`;
const FORMS = [
  String
    .raw`(?:CREATE|ALTER|DROP|COMMENT\s+ON)\s+${KIND}\s+${IF}(${NAME})`,
  String.raw`(?:CREATE|ALTER|DROP)\s+USER\s+MAPPING\s[^]*?\bSERVER\s+(${NAME})`,
  String.raw`IMPORT\s+FOREIGN\s+SCHEMA\s[^]*?\bFROM\s+SERVER\s+(${NAME})`,
  String.raw`(?:GRANT|REVOKE)\s[^;()]*?\bON\s+FOREIGN\s+(?:SERVER|DATA\s+WRAPPER)\s+(${NAME})`,
].map((form) => new RegExp(`^${form}`, "i"));

const MADE = new RegExp(String.raw`^CREATE\s+FOREIGN\s+TABLE\s+${IF}(${NAME})`, "i");
/** What else a dump says of a table, or of one of its columns, once it is made. */
const ABOUT = [
  String.raw`(?:COPY|INSERT\s+INTO)\s+(${NAME})[\s(]`,
  String.raw`ALTER\s+TABLE\s+(?:ONLY\s+)?(${NAME})\s`,
  String.raw`ALTER\s+TABLE\s[^]*?\sATTACH\s+PARTITION\s+(${NAME})`,
  String.raw`COMMENT\s+ON\s+COLUMN\s+(${NAME})\s*\.\s*(?:"(?:[^"]|"")+"|[^\s."]+)\s`,
  String.raw`(?:GRANT|REVOKE)\s[^;]*?\bON\s+(?:TABLE\s+)?(${NAME})\s+(?:TO|FROM)\s`,
  String
    .raw`(?:CREATE|COMMENT\s+ON)\s+${TRIGGER}\sON\s+(${NAME})`,
].map((form) => new RegExp(`^${form}`, "i"));

/** The name of what a statement on something foreign is about; undefined for any other one. */
export function foreignName(sql: string): string | undefined {
  if (!/^[ACDGIR]/i.test(sql)) return undefined;
  const name = FORMS.map((form) => form.exec(sql)?.[1]).find((found) => found !== undefined);
  return name === undefined ? undefined : shownName(parseName(name));
}

/** The foreign tables of a file, which what comes after them in it is about. */
export class ForeignTables {
  readonly #names = new Set<string>();

  /** Takes note of a table that the statement would make. */
  see(sql: string): void {
    const [, name] = MADE.exec(sql) ?? [];
    if (name !== undefined) this.#names.add(shownName(parseName(name)));
  }

  /** The one that a statement changes or describes. */
  nameIn(sql: string): string | undefined {
    if (this.#names.size === 0 || !/^[ACGIR]/i.test(sql)) return undefined;
    return ABOUT.map((form) => form.exec(sql)?.[1])
      .map((name) => name === undefined ? "" : shownName(parseName(name)))
      .find((name) => this.#names.has(name));
  }

  /** What to do where a message of PostgreSQL misses one of them. */
  hint(message: string): string | undefined {
    const [, name = ""] = /^relation "((?:[^"]|"")+)" does not exist/.exec(message) ?? [];
    const found = name.replace(/^public\./, "");
    return this.#names.has(found)
      ? `The foreign table ${found} is left out: take what needs it out of the file, too.`
      : undefined;
  }
}
