/** Markdown on a terminal. The parser is a library; here is how each of its parts looks. */
import { lexer, type Token, type Tokens } from "marked";
import { escapeControl } from "./escape.ts";
import { plainMarkdown } from "./mdx.ts";
import type { Style } from "./style.ts";
import { share } from "./column_widths.ts";
import { pad, widthOf } from "./width.ts";

const WIDEST = 100;
/** What is nested deeply may be wider than the terminal. */
const NARROWEST = 4;
const GAP = "  ";
const CODE_INDENT = "    ";

/**
 * Lays out a document in at most `columns` columns. Code keeps its lines, so that it can be copied:
 * they may be longer.
 */
export function renderMarkdown(text: string, style: Style, columns: number): string {
  const layout = new Layout(style);
  const lines = layout.blocks(lexer(plainMarkdown(text)), Math.min(columns, WIDEST));
  return `${lines.join("\n")}\n`;
}

/** A piece of a line and how it is coloured. */
interface Span {
  readonly text: string;
  readonly paint: (text: string) => string;
}

class Layout {
  readonly #style: Style;

  constructor(style: Style) {
    this.#style = style;
  }

  /** Blocks with an empty line between them, or none in a tight list. */
  blocks(tokens: readonly Token[], columns: number, isTight = false): string[] {
    const lines: string[] = [];
    for (const token of tokens) {
      const block = this.#block(token, Math.max(columns, NARROWEST));
      if (block.length === 0) continue;
      if (lines.length > 0 && !isTight) lines.push("");
      lines.push(...block);
    }
    return lines;
  }

  #block(token: Token, columns: number): string[] {
    switch (token.type) {
      case "heading":
        return this.#heading(token as Tokens.Heading, columns);
      case "code":
        return escapeControl((token as Tokens.Code).text).split("\n")
          .map((line) => `${CODE_INDENT}${this.#style.accent(line)}`.trimEnd());
      case "list":
        return this.#list(token as Tokens.List, columns);
      case "table":
        return this.#table(token as Tokens.Table, columns);
      case "blockquote":
        return this.blocks((token as Tokens.Blockquote).tokens, columns - 2)
          .map((line) => `${this.#style.dim("│")} ${line}`.trimEnd());
      case "hr":
        return [this.#style.dim("─".repeat(columns))];
      case "html":
        return this.#html((token as Tokens.HTML).text, columns);
      case "paragraph":
      case "text": {
        const { tokens, text } = token as Tokens.Text;
        return this.#wrapped(tokens ? this.#spans(tokens) : [plain(text)], columns);
      }
      default:
        return [];
    }
  }

  #heading({ depth, tokens }: Tokens.Heading, columns: number): string[] {
    const { bold, accent, dim } = this.#style;
    const paint = (text: string) => depth === 2 ? bold(accent(text)) : bold(text);
    const lines = this.#wrapped(this.#spans(tokens, paint), columns);
    if (depth > 2) return lines;
    const width = Math.max(...lines.map(widthOf));
    return [...lines, dim((depth === 1 ? "═" : "─").repeat(width))];
  }

  #list({ items, ordered, start, loose }: Tokens.List, columns: number): string[] {
    const lines: string[] = [];
    const first = Number(start) || 1;
    const widest = ordered ? `${first + items.length - 1}.`.length : 1;
    for (const [index, item] of items.entries()) {
      const sign = ordered ? pad(`${first + index}.`, widest, "right") : "•";
      const box = item.task ? (item.checked ? "[x] " : "[ ] ") : "";
      const mark = `${this.#style.dim(sign)} ${box}`;
      const indent = " ".repeat(widthOf(mark));
      const tokens = item.tokens.filter(({ type }) => type !== "checkbox");
      const [head = "", ...rest] = this.blocks(tokens, columns - indent.length, !loose);
      if (loose && index > 0) lines.push("");
      lines.push(`${mark}${head}`, ...rest.map((line) => `${indent}${line}`.trimEnd()));
    }
    return lines;
  }

  #table({ header, rows, align }: Tokens.Table, columns: number): string[] {
    const titles = header.map((cell) => this.#spans(cell.tokens, this.#style.bold));
    const cells = rows.map((row) => row.map((cell) => this.#spans(cell.tokens)));
    const natural = titles.map((_, index) =>
      Math.max(1, ...[titles, ...cells].map((row) => widthOf(textOf(row[index] ?? []))))
    );
    const widths = share(natural, columns, GAP.length);
    const line = (parts: readonly string[]) =>
      parts.map((part, index) =>
        pad(part, widths[index]!, align[index] === "right" ? "right" : "left")
      ).join(GAP).trimEnd();
    const lay = (row: readonly Span[][]) => {
      const wrapped = row.map((spans, index) => this.#wrapped(spans, widths[index]!, true));
      const height = Math.max(...wrapped.map(({ length }) => length));
      return Array.from({ length: height }, (_, at) => line(wrapped.map((cell) => cell[at] ?? "")));
    };
    const rule = this.#style.dim(widths.map((width) => "─".repeat(width)).join(GAP));
    return [...lay(titles), rule, ...cells.flatMap(lay)];
  }

  /** Tags are not for a terminal; what stands between them is. */
  #html(text: string, columns: number): string[] {
    const bare = withoutTags(text).trim();
    return bare === ""
      ? []
      : bare.split("\n").flatMap((line) => this.#wrapped([plain(line)], columns));
  }

  #spans(tokens: readonly Token[], paint: Span["paint"] = unchanged): Span[] {
    return tokens.flatMap((token) => this.#inline(token, paint));
  }

  #inline(token: Token, paint: Span["paint"]): Span[] {
    const { bold, italic, accent, dim } = this.#style;
    const inside = (more: Span["paint"]) =>
      this.#spans((token as Tokens.Strong).tokens, (text) => paint(more(text)));
    switch (token.type) {
      case "strong":
        return inside(bold);
      case "em":
        return inside(italic);
      case "codespan": {
        const code = escapeControl((token as Tokens.Codespan).text.replace(/\s+/g, " "));
        // Without colours the reader needs the marks.
        const isColoured = accent("x") !== "x";
        return [{ text: isColoured ? code : `\`${code}\``, paint: (it) => paint(accent(it)) }];
      }
      case "link":
      case "image": {
        const { href, text, tokens = [] } = token as Tokens.Link;
        const label = tokens.length > 0 ? this.#spans(tokens, paint) : [plain(text, paint)];
        const isOwnLabel = href === text || href === `mailto:${text}`;
        if (isOwnLabel || href === "" || href.startsWith("#")) return label;
        return [...label, plain(" "), { text: `(${escapeControl(href)})`, paint: dim }];
      }
      case "br":
        return [{ text: "\n", paint: unchanged }];
      case "html":
        return [plain(withoutTags((token as Tokens.HTML).text), paint)];
      case "checkbox":
        return [];
      default: {
        const { tokens, text } = token as Tokens.Text;
        return tokens ? this.#spans(tokens, paint) : [plain(text ?? "", paint)];
      }
    }
  }

  /** Breaks spans at spaces into lines; `isStrict` also cuts words that are wider than a line. */
  #wrapped(spans: readonly Span[], columns: number, isStrict = false): string[] {
    let lines: Span[][] = [[]];
    for (const word of wordsOf(spans)) {
      const line = lines.at(-1)!;
      const used = widthOf(textOf(line));
      if (word === LINE_BREAK) lines.push([]);
      else if (used > 0 && used + 1 + widthOf(textOf(word)) > columns) lines.push([...word]);
      else line.push(...used > 0 ? [plain(" ")] : [], ...word);
    }
    if (isStrict) lines = lines.flatMap((line) => cut(line, columns));
    // Each piece is coloured by itself: pagers forget colours at the end of a line.
    return lines.map((line) => merged(line).map(({ text, paint }) => paint(text)).join(""));
  }
}

const LINE_BREAK: readonly Span[] = [];

/** The words of a text, each of one or more spans without a space. */
function wordsOf(spans: readonly Span[]): (readonly Span[])[] {
  const words: (readonly Span[])[] = [];
  let word: Span[] = [];
  const end = () => {
    if (word.length > 0) words.push(word);
    word = [];
  };
  for (const { text, paint } of spans) {
    for (const piece of text.split(/(\n| +)/)) {
      if (piece.startsWith(" ") || piece === "\n") end();
      else if (piece !== "") word.push({ text: piece, paint });
      if (piece === "\n") words.push(LINE_BREAK);
    }
  }
  end();
  return words;
}

/** Cuts a line into lines that fit. */
function cut(line: readonly Span[], columns: number): Span[][] {
  if (widthOf(textOf(line)) <= columns) return [[...line]];
  const lines: Span[][] = [[]];
  let width = 0;
  for (const { text, paint } of line) {
    for (const char of text) {
      const step = widthOf(char);
      if (width > 0 && width + step > columns) {
        lines.push([]);
        width = 0;
      }
      lines.at(-1)!.push({ text: char, paint });
      width += step;
    }
  }
  return lines;
}

function merged(spans: readonly Span[]): Span[] {
  const runs: Span[] = [];
  for (const { text, paint } of spans) {
    const last = runs.at(-1);
    if (last?.paint === paint) runs[runs.length - 1] = { text: last.text + text, paint };
    else runs.push({ text, paint });
  }
  return runs;
}

function textOf(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join("");
}

function unchanged(text: string): string {
  return text;
}

/** Running text: its line ends are spaces, its entities characters. */
function plain(text: string, paint: Span["paint"] = unchanged): Span {
  return { text: escapeControl(decoded(text).replace(/\s+/g, " ")), paint };
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w+));/gi, (all, decimal, hex, name) => {
    if (name) return ENTITIES[name] ?? all;
    return String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16));
  });
}

function withoutTags(text: string): string {
  return text.replace(/<!--[\s\S]*?-->|<\/?[a-zA-Z][^<>]*>/g, "");
}
