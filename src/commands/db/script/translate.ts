/** Turns a file of SQL, pg_dump's or anybody's, into statements that a backend takes. */
import { FileError } from "../../../core/errors.ts";
import type { OpenFile } from "../../../shared/sql/read_text.ts";
import { CopyTarget } from "./copy.ts";
import { beginsDump, withIfExists } from "./drops.ts";
import { Facts } from "./facts.ts";
import { ForeignTables } from "./foreign.ts";
import { escapedLiterals, plainLiterals } from "./literals.ts";
import { portable, type Renamed } from "./portable.ts";
import { type Item, readItems, readsRows } from "./reader.ts";
import type { Piece } from "./piece.ts";
import type { Frame } from "./parts.ts";
import { REST, REST_IN_PARTS, RESUME } from "./resting.ts";
import { INSERT_LENGTH, SingleRows } from "./single_rows.ts";
import { SkippedCounts } from "./skipped.ts";
import { isInSupabasesWay, isOfPlatform, makesPlatform } from "./supabase.ts";
import { usersHere } from "./supabase_users.ts";

/** Commands of psql that change nothing of what is imported. */
const HARMLESS =
  /^\\(?:(?:un)?restrict|echo|qecho|warn|encoding|timing|pset|set|unset|x|a|t|q|quit|o)\b/;
const WARNINGS_ALONE =
  /^SET\s+(?:(?:SESSION|LOCAL)\s+)?client_min_messages\s*(?:=|\sTO\b)\s*'?(?:warning|error)\b/i;
/** Statements that make, change or describe objects. */
const SCHEMA = /^(?:CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE|IMPORT)\b/i;
const CONNECT = /^\\c(?:onnect)?\b/;
/** Switches all triggers off: of a table as pg_dump does, or of the session as Supabase does. */
const TRIGGERS_OFF = /\bDISABLE\b|^S[^]*\breplica\b/i;

/** How a file is translated. */
interface TranslationOptions {
  readonly dataOnly?: boolean;
  readonly rests?: boolean;
  readonly inParts?: boolean;
  readonly missingExtensions?: ReadonlySet<string>;
  readonly facts?: Facts;
  readonly skipped?: SkippedCounts;
}

/** Translates one file, and knows afterwards what is in it. */
export class Translation {
  readonly #name: string;
  readonly #options: TranslationOptions;
  readonly facts: Facts;
  readonly skipped: SkippedCounts;
  readonly foreign = new ForeignTables();
  /** Where something was first called as it is called here. */
  readonly renamed = new Map<Renamed, number>();
  /** Whether the file asks not to hear notices; InsForge's backends take no such setting. */
  wantsWarningsAlone = false;
  /** How many statements are sent. */
  statements = 0;
  #copy?: CopyTarget;
  /** Where a row of it begins whose end is not there yet. */
  #rowLine?: number;
  readonly #singleRows = new SingleRows();
  #isResting = false;
  #lastLine = 1;
  /** Whether pg_dump wrote the file. */
  #isDump = false;
  /** Whether the file is a dump of another platform with its own schemas. */
  #isOfPlatform = false;
  /** Whether the rows that follow are left out. */
  #skipsRows = false;

  /**
   * @param options.dataOnly leave out what makes and changes objects
   * @param options.rests whether no trigger fires
   * @param options.inParts whether its statements are run in several transactions
   * @param options.missingExtensions what is not made, as the backend does not have it
   * @param options.facts, options.skipped of other files, to collect those of this one too
   */
  constructor(name: string, options: TranslationOptions = {}) {
    this.#name = name;
    this.#options = options;
    this.facts = options.facts ?? new Facts();
    this.skipped = options.skipped ?? new SkippedCounts();
  }

  /** The statements in order, some at a time. @throws {FileError} with the line */
  async *pieces(open: OpenFile): AsyncGenerator<Piece[]> {
    for await (const items of readItems(open, this.#name)) {
      const pieces = items.flatMap((item) => this.#translate(item));
      if (pieces.length > 0) yield pieces;
    }
    this.#endRows();
    yield [...this.#singleRows.end(), ...this.#resume(this.#lastLine)];
  }

  #translate(item: Item): Piece[] {
    this.#lastLine = item.line;
    if (item.kind !== "rows") this.#endRows();
    switch (item.kind) {
      case "command":
        this.#takeCommand(item.text, item.line);
        return [];
      case "down":
        this.skipped.add("down", item.line);
        return [];
      case "rows":
        return this.#skipsRows ? [] : this.#insertRows(item.lines, item.line);
      case "statement":
        return this.#takeStatement(item);
    }
  }

  #takeCommand(text: string, line: number): void {
    if (CONNECT.test(text) && this.statements > 0) {
      throw new FileError(`${this.#place(line)}: the file goes on with another database.`, {
        hint: "Make one file of each database, with pg_dump instead of pg_dumpall.",
      });
    }
    if (!HARMLESS.test(text) && !CONNECT.test(text)) {
      throw new FileError(
        `${this.#place(line)}: ${
          text.split(/\s/)[0]
        } is a command of psql, which an import cannot run.`,
        { hint: "Remove the line, or write what it stands for as SQL." },
      );
    }
    this.skipped.add("command", line);
  }

  #takeStatement(
    { line, groups, hasInnerSemicolon, ...statement }: Extract<Item, { kind: "statement" }>,
  ): Piece[] {
    const written = statement.escapesPlainly ? escapedLiterals(statement.text) : statement.text;
    this.#isDump ||= beginsDump(written);
    const removesFirst = this.#isDump && this.facts.made.length === 0;
    const theirs = removesFirst ? withIfExists(written) : written;
    this.#isOfPlatform ||= makesPlatform(theirs);
    // A seed's are for trying; those of a dump are people, who are moved on purpose alone.
    const users = this.#isDump ? undefined : usersHere(theirs);
    if (users?.hasUsers && !this.renamed.has("auth.users")) this.renamed.set("auth.users", line);
    for (let left = users?.leftOut ?? 0; left > 0; left--) this.skipped.add("platform", line);
    const text = users?.sql ?? theirs;
    if (isInSupabasesWay(text) || this.#isOfPlatform && isOfPlatform(text)) {
      this.#skipsRows = readsRows(text);
      this.skipped.add("platform", line);
      return [];
    }
    this.foreign.see(text);
    const foreign = this.foreign.nameIn(text);
    if (foreign !== undefined) {
      this.#skipsRows = readsRows(text);
      this.skipped.add("foreign", line, [foreign]);
      return [];
    }
    if (readsRows(text)) {
      this.#copy = new CopyTarget(
        text,
        this.#place(line),
        (table) => this.facts.hasNoColumns(table),
      );
      this.facts.addRows(this.#copy.table, 0);
      return [];
    }
    const outcome = portable(
      text,
      hasInnerSemicolon,
      (table, column) => this.facts.hasColumn(table, column),
    );
    switch (outcome.kind) {
      case "skipped":
        this.wantsWarningsAlone ||= WARNINGS_ALONE.test(text);
        this.skipped.add(outcome.as, line, outcome.names, outcome.commands);
        return outcome.as === "triggers" && TRIGGERS_OFF.test(text) ? this.#rest(line) : [];
      case "refused":
        throw new FileError(`${this.#place(line)}: ${outcome.why}.`, {
          hint: outcome.hint,
          excerpt: `Statement: ${excerptOf(text)}`,
          facts: { line },
        });
      case "setting":
        return [...this.#singleRows.end(), { sql: outcome.sql, line, isSetting: true }];
      case "statement":
        this.facts.addStatement(text, groups);
        if (this.#options.dataOnly && SCHEMA.test(text)) {
          this.skipped.add("schema", line);
          return [];
        }
        if (outcome.extension !== undefined) {
          if (this.#options.missingExtensions?.has(outcome.extension)) return [];
          this.facts.extensions.set(outcome.extension, line);
        }
        if (outcome.without) this.skipped.add(outcome.without, line);
        this.facts.seeUuids(outcome.sql, line);
        for (const name of outcome.renamed ?? []) {
          if (!this.renamed.has(name)) this.renamed.set(name, line);
        }
        this.statements++;
        return [
          ...SCHEMA.test(text) ? this.#resume(line) : [],
          ...this.#singleRows.take(
            { sql: outcome.sql, line, isSetting: false },
            (table) => this.#options.rests || this.facts.firesNothing(table),
          ),
        ];
    }
  }

  /**
   * Keys and triggers rest from where the file switches triggers off until it goes on with others.
   */
  #rest(line: number): Piece[] {
    this.facts.restsTriggers = true;
    if (this.#options.rests || this.#isResting) return [];
    this.#isResting = true;
    return [...this.#singleRows.end(), { sql: this.#resting.head, line, isSetting: false }];
  }

  #resume(line: number): Piece[] {
    if (!this.#isResting) return [];
    this.#isResting = false;
    return [...this.#singleRows.end(), { sql: this.#resting.tail, line, isSetting: false }];
  }

  get #resting(): Frame {
    return this.#options.inParts ? REST_IN_PARTS : { head: REST, tail: RESUME };
  }

  #insertRows(lines: readonly string[], line: number): Piece[] {
    const copy = this.#copy!;
    const pieces = this.#singleRows.end();
    let rows: string[] = [];
    let length = 0;
    /** Where the lines stand that are in no piece yet; a row may have begun in front of them. */
    let first = this.#rowLine ?? line;
    let next = first;
    const finish = () => {
      // The rows stand on their own lines, and what is in front of them on the one before.
      const sql = plainLiterals(`${copy.insert}\n${rows.join(",\n")}${copy.tail}`);
      const insert = copy.tail === "" ? copy.insert : undefined;
      pieces.push({ sql, line: first - 1, isSetting: false, insert });
      this.statements++;
      this.facts.addRows(copy.table, rows.length);
      [rows, length, first] = [[], 0, next];
    };
    for (const row of copy.rows(lines)) {
      next += row.lines;
      if (!row.values) {
        first = next;
        continue;
      }
      rows.push(row.values + "\n".repeat(row.lines - 1));
      length += row.values.length;
      if (length >= INSERT_LENGTH) finish();
    }
    if (rows.length > 0) finish();
    this.#rowLine = next === line + lines.length ? undefined : next;
    return pieces;
  }

  #endRows(): void {
    this.#copy?.end();
    this.#copy = undefined;
    this.#rowLine = undefined;
    this.#skipsRows = false;
  }

  #place(line: number): string {
    return `${this.#name}, line ${line}`;
  }
}

/** The beginning of a statement, on one line. */
export function excerptOf(sql: string): string {
  return sql.slice(0, 1_000).replaceAll(/\s+/g, " ").slice(0, 150);
}
