/** How the rows behind a `COPY … FROM STDIN` are written, as its options say. */

export interface CopyOptions {
  readonly isCsv: boolean;
  /** One character. */
  readonly delimiter: string;
  /** What stands for NULL where it is not quoted. */
  readonly nullText: string;
  readonly hasHeader: boolean;
  /** Of CSV alone, as `escape` is: one character. */
  readonly quote: string;
  readonly escape: string;
}

type Given = { -readonly [Name in keyof CopyOptions]?: CopyOptions[Name] };

const TOKEN = /\s*(?:([eE]?)'((?:[^']|'')*)'|([A-Za-z_]\w*)|([(),]))/y;
const IS_ON = /^(?:on|true|1|)$/i;

/**
 * Reads what follows `FROM STDIN`, in the syntax of today or in that before PostgreSQL 9.
 * @returns undefined for what rows of an INSERT cannot follow: binary rows, another encoding, a
 * condition, columns that are forced to be something
 */
export function readCopyOptions(text: string): CopyOptions | undefined {
  const tokens = tokensOf(text);
  const given = tokens && givenBy(tokens);
  if (!given) return undefined;
  const isCsv = given.isCsv ?? false;
  const quote = given.quote ?? '"';
  const options = {
    isCsv,
    delimiter: given.delimiter ?? (isCsv ? "," : "\t"),
    nullText: given.nullText ?? (isCsv ? "" : "\\N"),
    hasHeader: given.hasHeader ?? false,
    quote,
    escape: given.escape ?? quote,
  };
  return [options.delimiter, options.quote, options.escape].every(({ length }) => length === 1)
    ? options
    : undefined;
}

interface Token {
  readonly text: string;
  readonly isWord: boolean;
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.trimEnd().length) {
    TOKEN.lastIndex = at;
    const [whole, escapes, literal, word] = TOKEN.exec(text) ?? [];
    if (whole === undefined) return undefined;
    at += whole.length;
    if (word !== undefined) tokens.push({ text: word.toUpperCase(), isWord: true });
    else if (literal !== undefined) {
      const plain = literal.replaceAll("''", "'");
      const value = escapes ? plain.replace(/\\(.)/g, (_, c) => c === "t" ? "\t" : c) : plain;
      tokens.push({ text: value, isWord: false });
    }
  }
  return tokens;
}

function givenBy(tokens: readonly Token[]): Given | undefined {
  const given: Given = {};
  let at = 0;
  /** The value of an option, behind an `AS` where one is written. */
  const value = () => {
    if (tokens[at]?.isWord && tokens[at]!.text === "AS") at++;
    return tokens[at++]?.text ?? "";
  };
  /** A value that need not be there. */
  const flag = () => {
    const next = tokens[at]?.text ?? "";
    if (!/^(?:on|off|true|false|match|0|1)$/i.test(next)) return "";
    at++;
    return next;
  };
  while (at < tokens.length) {
    const { text, isWord } = tokens[at++]!;
    switch (isWord ? text : "") {
      case "WITH":
        break;
      case "CSV":
        given.isCsv = true;
        break;
      case "FORMAT": {
        const format = value().toLowerCase();
        if (format !== "text" && format !== "csv") return undefined;
        given.isCsv = format === "csv";
        break;
      }
      case "DELIMITER":
      case "DELIMITERS":
        given.delimiter = value();
        break;
      case "NULL":
        given.nullText = value();
        break;
      case "QUOTE":
        given.quote = value();
        break;
      case "ESCAPE":
        given.escape = value();
        break;
      case "HEADER":
        given.hasHeader = IS_ON.test(flag().replace(/^match$/i, "on"));
        break;
      case "FREEZE":
        flag();
        break;
      case "ENCODING":
        if (!/^utf-?8$/i.test(value())) return undefined;
        break;
      default:
        return undefined;
    }
  }
  return given;
}
