/** Splits SQL text into statements, by the lexical rules of PostgreSQL and without its grammar. */

/** One statement, without the semicolon that ends it and without comments in front of it. */
export interface Statement {
  readonly text: string;
  /** One-based line of the text's first character in the whole. */
  readonly line: number;
  /**
   * How many groups in parentheses it has that are in no other: `INSERT … VALUES` has one a row.
   */
  readonly groups: number;
  /** Whether a semicolon stands in it that ends nothing, outside of quotes and comments. */
  readonly hasInnerSemicolon: boolean;
  /** Whether backslashes escape in its plain literals: `standard_conforming_strings` is off. */
  readonly escapesPlainly: boolean;
}

/** What the scanner is inside of; undefined between tokens. */
type Inside =
  | { kind: "quote"; mark: "'" | '"' }
  | { kind: "escapes" }
  | { kind: "dollar"; tag: string }
  | { kind: "line comment" }
  | { kind: "block comment"; depth: number };

const TOKEN =
  /\s+|--|\/\*|[eE]'|[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*|\d[\w.]*|\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$|['"();]|[^\w\s'"();$\-/\x80-\uffff]+|[^]/y;
/** What may be the beginning of a longer token where the text ends behind it. */
const UNFINISHED = /(?:[\w$\x80-\uffff]+|-|\/)$/y;
/** Tokens that change nothing: blanks, numbers and operators. */
const PLAIN = /^[^'"$;()/\-A-Za-z\x80-\uffff]/;
const ROUTINE = /^create (or replace )?(function|procedure)$/;
const STRINGS =
  /^SET\s+(?:(?:SESSION|LOCAL)\s+)?standard_conforming_strings\s*(?:=|\bTO\b)\s*'?(\w+)'?$/i;

/**
 * Takes text piece by piece and gives its statements as they end: in quotes, dollar quotes,
 * comments, parentheses and the `BEGIN ATOMIC … END` of a routine a semicolon ends nothing. Holds
 * one statement at a time.
 */
export class StatementSplitter {
  /** Text that was given and not looked at yet: the beginning of a token. */
  #rest = "";
  /** What was read of the current statement. */
  #parts: string[] = [];
  #size = 0;
  #line = 1;
  #statementLine = 1;
  #hasBegun = false;
  #inside: Inside | undefined;
  #parentheses = 0;
  #blocks = 0;
  #groups = 0;
  #hasInnerSemicolon = false;
  #escapesPlainly = false;
  /** The first words of the statement, in lower case. */
  #words: string[] = [];

  /** @param line of a longer text, on which what is to be split begins */
  constructor(line = 1) {
    this.#line = line;
  }

  /** The length of the statement that has not ended yet, in UTF-16 units. */
  get pendingLength(): number {
    return this.#size + this.#rest.length;
  }

  /** Whether the text so far ends within a statement, a quote or a comment. */
  get isPending(): boolean {
    return this.#hasBegun || this.#inside?.kind === "block comment" || this.#rest !== "";
  }

  /** Whether the text so far ends within a quote or a comment that goes over lines. */
  get isInside(): boolean {
    return this.#inside !== undefined && this.#inside.kind !== "line comment";
  }

  /** Whether a statement has begun; blanks and comments alone are none. */
  get hasStatement(): boolean {
    return this.#hasBegun || this.#inside !== undefined;
  }

  /** Takes the next piece of text and answers the statements that end in it. */
  push(text: string): Statement[] {
    return this.#scan(this.#rest + text, false);
  }

  /** Answers the last statement, which may lack its semicolon, and begins anew. */
  end(): Statement[] {
    const statements = this.#scan(this.#rest, true);
    if (this.#hasBegun) statements.push(this.#finish(""));
    this.#inside = undefined;
    this.#line = 1;
    return statements;
  }

  #scan(text: string, isLast: boolean): Statement[] {
    const statements: Statement[] = [];
    /** Where the part of the current statement begins that `#parts` does not have. */
    let from = 0;
    let at = 0;
    let newline = text.indexOf("\n");
    const advance = (to: number) => {
      for (; newline !== -1 && newline < to; newline = text.indexOf("\n", newline + 1)) {
        this.#line++;
      }
      at = to;
    };
    while (at < text.length) {
      if (this.#inside) {
        const end = this.#endOfInside(this.#inside, text, at, isLast);
        advance(end.at);
        if (!end.isOver) break;
        this.#inside = undefined;
        if (!this.#hasBegun) from = at;
        continue;
      }
      if (!isLast && isUnfinished(text, at)) break;
      TOKEN.lastIndex = at;
      TOKEN.test(text);
      const end = TOKEN.lastIndex;
      const first = text[at]!;
      if (this.#hasBegun && PLAIN.test(first)) {
        advance(end);
        continue;
      }
      const token = text.slice(at, end);
      if (token === ";" && this.#parentheses === 0 && this.#blocks === 0) {
        if (this.#hasBegun) statements.push(this.#finish(text.slice(from, at)));
        from = at += 1;
        continue;
      }
      const begins = !/^(?:\s|--|\/\*)/.test(token);
      if (begins && !this.#hasBegun) {
        this.#hasBegun = true;
        this.#statementLine = this.#line;
        from = at;
      }
      this.#enter(token);
      advance(end);
      if (!this.#hasBegun) from = at;
    }
    if (this.#hasBegun && at > from) {
      this.#parts.push(text.slice(from, at));
      this.#size += at - from;
    }
    this.#rest = text.slice(at);
    return statements;
  }

  #finish(last: string): Statement {
    const statement = {
      text: (this.#parts.join("") + last).trimEnd(),
      line: this.#statementLine,
      groups: this.#groups,
      hasInnerSemicolon: this.#hasInnerSemicolon,
      escapesPlainly: this.#escapesPlainly,
    };
    const [, strings] = this.#words[0] === "set" ? STRINGS.exec(statement.text) ?? [] : [];
    if (strings) this.#escapesPlainly = /^(?:off|false|no|0)$/i.test(strings);
    this.#parts = [];
    this.#size = 0;
    this.#hasBegun = false;
    this.#parentheses = 0;
    this.#blocks = 0;
    this.#groups = 0;
    this.#hasInnerSemicolon = false;
    this.#words = [];
    return statement;
  }

  #enter(token: string): void {
    switch (token) {
      case "'":
        this.#inside = this.#escapesPlainly ? { kind: "escapes" } : { kind: "quote", mark: token };
        return;
      case '"':
        this.#inside = { kind: "quote", mark: token };
        return;
      case "e'":
      case "E'":
        this.#inside = { kind: "escapes" };
        return;
      case "--":
        this.#inside = { kind: "line comment" };
        return;
      case "/*":
        this.#inside = { kind: "block comment", depth: 1 };
        return;
      case "(":
        if (this.#parentheses++ === 0) this.#groups++;
        return;
      case ";":
        this.#hasInnerSemicolon = true;
        return;
      case ")":
        this.#parentheses = Math.max(0, this.#parentheses - 1);
        return;
    }
    if (token.startsWith("$") && token.length > 1) this.#inside = { kind: "dollar", tag: token };
    else if (/^[A-Za-z]/.test(token)) this.#takeWord(token);
  }

  #takeWord(token: string): void {
    if (this.#words.length < 4) this.#words.push(token.toLowerCase());
    if (this.#parentheses > 0 || token.length > 5) return;
    const word = token.toLowerCase();
    if (word === "begin" && this.#isRoutine) this.#blocks++;
    else if (word === "case" && this.#blocks > 0) this.#blocks++;
    else if (word === "end" && this.#blocks > 0) this.#blocks--;
  }

  get #isRoutine(): boolean {
    return [2, 4].some((count) => ROUTINE.test(this.#words.slice(0, count).join(" ")));
  }

  /** Where the quote or comment ends, or how far it is read when it does not end in this text. */
  #endOfInside(
    inside: Inside,
    text: string,
    at: number,
    isLast: boolean,
  ): { at: number; isOver: boolean } {
    const over = (at: number) => ({ at, isOver: true });
    /** `held` characters at the end may belong to what ends it. */
    const open = (held: number) => ({
      at: isLast ? text.length : Math.max(at, text.length - held),
      isOver: false,
    });
    switch (inside.kind) {
      case "quote": {
        const end = text.indexOf(inside.mark, at);
        return end === -1 ? open(0) : over(end + 1);
      }
      case "line comment": {
        const end = text.indexOf("\n", at);
        return end === -1 ? open(0) : over(end);
      }
      case "dollar": {
        const end = text.indexOf(inside.tag, at);
        return end === -1 ? open(inside.tag.length - 1) : over(end + inside.tag.length);
      }
      case "escapes": {
        const mark = /['\\]/g;
        mark.lastIndex = at;
        for (let match = mark.exec(text); match; match = mark.exec(text)) {
          const isAtEnd = match.index + 1 === text.length;
          if (isAtEnd && !isLast) return { at: match.index, isOver: false };
          if (match[0] === "'" && text[match.index + 1] !== "'") return over(match.index + 1);
          mark.lastIndex = match.index + 2;
        }
        return open(0);
      }
      case "block comment": {
        const mark = /\/\*|\*\//g;
        mark.lastIndex = at;
        for (let match = mark.exec(text); match; match = mark.exec(text)) {
          inside.depth += match[0] === "/*" ? 1 : -1;
          if (inside.depth === 0) return over(mark.lastIndex);
          at = mark.lastIndex;
        }
        return open(1);
      }
    }
  }
}

function isUnfinished(text: string, at: number): boolean {
  // Only words are long, and only the last one of the text can be cut.
  if (text.length - at > 256) return false;
  UNFINISHED.lastIndex = at;
  return UNFINISHED.test(text);
}

/** The statements of a text that is there as a whole. */
export function splitStatements(text: string): Statement[] {
  const splitter = new StatementSplitter();
  return [...splitter.push(text), ...splitter.end()];
}
