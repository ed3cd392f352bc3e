/** What a file makes and fills, read from its statements. */
import { NAME, type ObjectName, parseName, shownName } from "./names.ts";

/** The kinds of objects that `CREATE` names and that a later file may make again. */
const MADE = [
  "TABLE",
  "VIEW",
  "MATERIALIZED VIEW",
  "SEQUENCE",
  "TYPE",
  "DOMAIN",
  "FUNCTION",
  "PROCEDURE",
  "AGGREGATE",
  "COLLATION",
  "TEXT SEARCH CONFIGURATION",
  "TEXT SEARCH DICTIONARY",
] as const;

export type MadeKind = typeof MADE[number];

/** An object that the file creates. */
export interface MadeObject extends ObjectName {
  readonly kind: MadeKind;
  /** Whether the statement fails where the object is there already. */
  readonly mustBeNew: boolean;
}

/** What the file creates of a table, which may be there without the file. */
export interface AttachedObject {
  readonly kind: "POLICY" | "TRIGGER" | "RULE";
  /** As the file writes it. */
  readonly name: string;
  readonly table: ObjectName;
}

const CREATE = new RegExp(
  String.raw`^CREATE\s+(OR\s+REPLACE\s+)?(?:UNLOGGED\s+|RECURSIVE\s+)?` +
    String.raw`(${MADE.map((kind) => kind.replaceAll(" ", String.raw`\s+`)).join("|")})\s+` +
    String.raw`(IF\s+NOT\s+EXISTS\s+)?(${NAME})`,
  "i",
);
const BARE_TABLE = new RegExp(
  String.raw`^CREATE\s+(?:UNLOGGED\s+)?TABLE\s+${NAME}\s*\(\s*\)(?!\s*INHERITS\b)`,
  "i",
);
/** OWNER TO and the like make no column. */
const ALTER_TABLE = new RegExp(
  String
    .raw`^ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(${NAME})\s+(?:ADD|INHERIT|OF|RENAME)\b`,
  "i",
);
const DROP = new RegExp(
  String.raw`^DROP\s+(?:TABLE|SCHEMA)\s+(?:IF\s+EXISTS\s+)?(${NAME}(?:\s*,\s*${NAME})*)`,
  "i",
);
const ATTACH = [
  String.raw`(POLICY)\s+(${NAME})\s+ON\s+(${NAME})`,
  String.raw`(TRIGGER)\s+(${NAME})\s(?:"(?:[^"]|"")*"|[^"])*?\sON\s+(${NAME})`,
  String.raw`(RULE)\s+(${NAME})\s+AS\s+ON\s+\w+\s+TO\s+(${NAME})`,
].map((source) =>
  new RegExp(String.raw`^CREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?${source}`, "i")
);
const INSERT = new RegExp(
  String
    .raw`^INSERT\s+INTO\s+(${NAME})\s*(\([^)]*\))?\s*(?:OVERRIDING\s+\w+\s+VALUE\s+)?(VALUES\b)?`,
  "i",
);
/** As pg_dump makes large objects; several of PostgreSQL 17 in one statement. */
const LARGE_OBJECT = /\blo_create\s*\(\s*'?(\d+)'?\s*\)/gi;
/** The extension that makes identifiers. */
export const UUIDS = "uuid-ossp";
const UUID_FUNCTION = /(?<![\w".])"?uuid_(?:generate_v\d\w*|nil|ns_\w+)"?\s*\(/i;
/** A longer INSERT has rows, and is not looked through. */
const MOST_CODE = 100_000;
/** What may begin a column in a table's definition, and one that is added. */
const COLUMN = new RegExp(String.raw`[(,]\s*(${NAME})\s+\w`, "g");
const ADDED_COLUMN = new RegExp(
  String.raw`\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(${NAME})\s+\w`,
  "gi",
);
/** How much of a statement's end tells whether each of its rows is inserted. */
const TAIL_LENGTH = 300;

/** Collects what the statements of a file do. */
export class Facts {
  readonly made: MadeObject[] = [];
  readonly attached: AttachedObject[] = [];
  /** The numbers of the large objects that the file makes. */
  readonly largeObjects: string[] = [];
  /** The extensions that the file asks for, and where. */
  readonly extensions = new Map<string, number>();
  /** Whether the file uses `uuid-ossp`, and does not ask for it before. */
  needsUuids = false;
  /** Whether keys and triggers are to rest while rows come, as those of `pg_dump -a` may want. */
  restsTriggers = false;
  readonly #tables = new Map<string, ObjectName>();
  readonly #madeTables = new Set<string>();
  /** Of those, the ones without a column so far. */
  readonly #bareTables = new Set<string>();
  /** The names of the columns of the tables that the file makes. */
  readonly #columns = new Map<string, Set<string>>();
  /** Whether the file has made a trigger or a rule so far. */
  #hasFiring = false;
  readonly #dropped = new Set<string>();
  #rows = 0;
  #isCounted = true;
  #statements = 0;

  /** The tables that the file makes or fills, as people write them. */
  get tables(): string[] {
    return [...this.#tables.keys()];
  }

  /** The rows that the file has; unknown where a statement computes them. */
  get rows(): number | undefined {
    return this.#isCounted ? this.#rows : undefined;
  }

  /** The tables that must not be there when the file is imported. */
  get newTables(): ObjectName[] {
    return this.made.filter(({ kind, mustBeNew, schema, name }) =>
      kind === "TABLE" && mustBeNew && !this.#dropped.has(shownName({ schema, name })) &&
      !this.#dropped.has(schema)
    );
  }

  /** How many statements were looked at; COPY is none of them. */
  get statements(): number {
    return this.#statements;
  }

  /** Whether nothing fires for rows of a table: the file has made it, and no trigger so far. */
  firesNothing(table: string): boolean {
    return !this.#hasFiring && this.#madeTables.has(shownName(parseName(table)));
  }

  /** Whether the file has made a table, and no column of it. */
  hasNoColumns(table: string): boolean {
    return this.#bareTables.has(shownName(parseName(table)));
  }

  /** Whether the file has made a table, and such a column of it. */
  hasColumn(table: string, column: string): boolean {
    return this.#columns.get(shownName(parseName(table)))?.has(column) ?? false;
  }

  /** Notes the extension of identifiers, which Supabase's databases have without being asked. */
  seeUuids(sql: string, line: number): void {
    const isRows = sql.length > MOST_CODE && /^INSERT\b/i.test(sql);
    if (this.extensions.has(UUIDS) || isRows || !UUID_FUNCTION.test(sql)) return;
    this.extensions.set(UUIDS, line);
    this.needsUuids = true;
  }

  addRows(table: ObjectName, count: number): void {
    this.#tables.set(shownName(table), table);
    this.#rows += count;
  }

  addStatement(sql: string, groups: number): void {
    this.#statements++;
    const first = sql[0]?.toUpperCase();
    if (first === "I") this.#addInsert(sql, groups);
    else if (first === "C") this.#addCreate(sql);
    else if (first === "A") this.#addAlter(sql);
    else if (first === "D") this.#addDrop(sql);
    else if (first === "S") this.#addLargeObjects(sql);
    else if (/^WITH\b[^]*\bINSERT\b/i.test(sql)) this.#isCounted = false;
  }

  #addInsert(sql: string, groups: number): void {
    const [, name, columns, values] = INSERT.exec(sql) ?? [];
    if (name === undefined) return;
    const isPlain = values !== undefined &&
      !/\bON\s+CONFLICT\b/i.test(sql.slice(-TAIL_LENGTH));
    this.addRows(parseName(name), isPlain ? groups - (columns ? 1 : 0) : 0);
    if (!isPlain) this.#isCounted = false;
  }

  #addCreate(sql: string): void {
    const [, replaces, kind, ifMissing, name] = CREATE.exec(sql) ?? [];
    if (name === undefined) return this.#addAttached(sql);
    const object = parseName(name);
    this.made.push({
      ...object,
      kind: kind!.toUpperCase().replace(/\s+/g, " ") as MadeKind,
      mustBeNew: !replaces && !ifMissing,
    });
    if (!/^TABLE$/i.test(kind!)) return;
    this.#tables.set(shownName(object), object);
    this.#addColumns(object, sql, COLUMN);
    if (ifMissing) return;
    this.#madeTables.add(shownName(object));
    if (BARE_TABLE.test(sql)) this.#bareTables.add(shownName(object));
  }

  #addAlter(sql: string): void {
    const [, name] = ALTER_TABLE.exec(sql) ?? [];
    if (name === undefined) return;
    const table = parseName(name);
    this.#bareTables.delete(shownName(table));
    this.#addColumns(table, sql, ADDED_COLUMN);
  }

  #addColumns(table: ObjectName, sql: string, pattern: RegExp): void {
    const found = this.#columns.get(shownName(table)) ?? new Set();
    for (const [, column] of sql.matchAll(pattern)) found.add(parseName(column!).name);
    this.#columns.set(shownName(table), found);
  }

  #addAttached(sql: string): void {
    const [, kind, name, table] = ATTACH.map((pattern) => pattern.exec(sql)).find(Boolean) ?? [];
    if (name === undefined || table === undefined) return;
    const attached = { kind: kind!.toUpperCase() as AttachedObject["kind"], name };
    this.attached.push({ ...attached, table: parseName(table) });
    this.#hasFiring ||= attached.kind !== "POLICY";
  }

  #addLargeObjects(sql: string): void {
    for (const [, number] of sql.matchAll(LARGE_OBJECT)) this.largeObjects.push(number!);
  }

  #addDrop(sql: string): void {
    const [, names = ""] = DROP.exec(sql) ?? [];
    for (const [name] of names.matchAll(new RegExp(NAME, "g"))) {
      this.#dropped.add(shownName(parseName(name)));
    }
  }
}
