/** Takes the lines behind a COPY apart, in its text format and as CSV. */
import type { CopyOptions } from "./copy_options.ts";

/** The fields of a row; null is NULL. */
export interface CopyRecord {
  readonly fields: readonly (string | null)[];
  /** How many lines it has. */
  readonly lines: number;
}

/** What `\x` stands for in the text format, beside digits. */
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Puts lines together to rows: a field may have a line break in it. */
export class CopyRecords {
  readonly #options: CopyOptions;
  #begun: string[] = [];
  #isQuoted = false;

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  /** Whether a row has begun whose end was not there yet. */
  get isPending(): boolean {
    return this.#begun.length > 0;
  }

  /** Takes a line without its break; answers the row that it ends, if it ends one. */
  take(line: string): CopyRecord | undefined {
    this.#begun.push(line);
    if (this.#options.isCsv ? this.#endsQuoted(line) : endsEscaped(line)) return undefined;
    const text = this.#begun.join("\n");
    const lines = this.#begun.length;
    this.#begun = [];
    return { fields: this.#options.isCsv ? this.#ofCsv(text) : this.#ofText(text), lines };
  }

  #endsQuoted(line: string): boolean {
    if (line.includes(this.#options.quote)) {
      for (const { isQuoted } of this.#characters(line, this.#isQuoted)) this.#isQuoted = isQuoted;
    }
    return this.#isQuoted;
  }

  #ofText(text: string): (string | null)[] {
    const { delimiter, nullText } = this.#options;
    const fields: string[] = [];
    for (const part of text.split(delimiter)) {
      const last = fields.length - 1;
      if (last >= 0 && endsEscaped(fields[last]!)) fields[last] += delimiter + part;
      else fields.push(part);
    }
    return fields.map((field) =>
      field === nullText ? null : field.includes("\\") ? unescape(field) : field
    );
  }

  #ofCsv(text: string): (string | null)[] {
    const { delimiter, nullText, quote } = this.#options;
    if (!text.includes(quote)) {
      return text.split(delimiter).map((field) => field === nullText ? null : field);
    }
    const fields: (string | null)[] = [];
    let [field, hasQuotes] = ["", false];
    const finish = () => {
      fields.push(!hasQuotes && field === nullText ? null : field);
      [field, hasQuotes] = ["", false];
    };
    for (const { character, isQuoted, isMark } of this.#characters(text)) {
      if (isMark) hasQuotes = true;
      else if (character === delimiter && !isQuoted) finish();
      else field += character;
    }
    finish();
    return fields;
  }

  /** The characters of a CSV, those that are escaped without what escapes them. */
  *#characters(text: string, isQuoted = false) {
    const { quote, escape } = this.#options;
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      const next = text[at + 1];
      if (isQuoted && character === escape && (next === escape || next === quote)) {
        yield { character: text[++at]!, isQuoted, isMark: false };
      } else {
        const isMark = character === quote;
        if (isMark) isQuoted = !isQuoted;
        yield { character, isQuoted, isMark };
      }
    }
  }
}

/** Whether what follows belongs to a backslash at the end. */
function endsEscaped(text: string): boolean {
  return text.endsWith("\\") && /(?<!\\)(?:\\\\)*\\$/.test(text);
}

function unescape(value: string): string {
  return value.replace(
    /\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|([^]))/g,
    (_, hex?: string, octal?: string, other?: string) =>
      hex !== undefined
        ? String.fromCharCode(parseInt(hex, 16))
        : octal !== undefined
        ? String.fromCharCode(parseInt(octal, 8) & 255)
        : ESCAPES[other!] ?? other!,
  );
}
