/**
 * How much room text takes on a terminal. The package string-width agrees on all but some Indic
 * letters, and makes its segmenter as it is loaded, for which a start would have to wait.
 */

// deno-lint-ignore no-control-regex
const COLOUR = /\x1b\[[0-9;]*m/g;
let segmenter: Intl.Segmenter | undefined;
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
/** East Asian scripts, and their full-width forms. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
/** Marks without a letter, and what joins or directs letters. */
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** The columns that a text takes; colours take none, wide characters two. */
export function widthOf(text: string): number {
  const bare = text.includes("\x1b") ? withoutColours(text) : text;
  if (PLAIN.test(bare)) return bare.length;
  let width = 0;
  for (const { segment } of segments(bare)) width += columnsOf(segment);
  return width;
}

function columnsOf(segment: string): number {
  if (INVISIBLE.test(segment)) return 0;
  return WIDE.test(segment) || EMOJI.test(segment) ? 2 : 1;
}

/** The text without colours. */
export function withoutColours(text: string): string {
  return text.replace(COLOUR, "");
}

/** What a reader takes for one character. The segmenter takes milliseconds to make. */
function segments(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

/** Cuts plain text to a number of columns, the last of which is an ellipsis when it was cut. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of segments(text)) {
    const step = columnsOf(segment);
    if (width + step > columns - 1) break;
    kept += segment;
    width += step;
  }
  return `${kept}…`;
}

/** Fills text with spaces up to a number of columns, behind it or before it. */
export function pad(text: string, columns: number, side: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, columns - widthOf(text)));
  return side === "left" ? text + space : space + text;
}

/** Words, and commands, which are copied: those in backticks, and one behind a colon at the end. */
const WORDS = /(?:`insforge [^`]*`|(?<=: )insforge .*$|[^ ])+/g;

/**
 * Breaks the lines that a terminal of so many columns would break within a word; undefined breaks
 * none. A command stays on one line, where it fits.
 */
export function wrapLong(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  const wordsOf = (line: string) =>
    (line.match(WORDS) ?? []).flatMap((word) => widthOf(word) > columns ? word.split(" ") : [word]);
  return text.split("\n")
    .flatMap((line) => widthOf(line) > columns ? fill(wordsOf(line), columns) : [line])
    .join("\n");
}

/**
 * {@link wrap} that breaks words too where they are longer than a line; undefined breaks nothing.
 */
export function breakLines(text: string, columns: number | undefined): string[] {
  if (columns === undefined || widthOf(text) <= columns) return [text];
  return wrap(text, columns).flatMap((line) => {
    const lines = [""];
    let width = 0;
    for (const { segment } of segments(line)) {
      const step = columnsOf(segment);
      if (width + step > columns) {
        lines.push("");
        width = 0;
      }
      lines[lines.length - 1] += segment;
      width += step;
    }
    return lines;
  });
}

/** Breaks text at spaces into lines of at most a number of columns. */
export function wrap(text: string, columns: number): string[] {
  return text.split("\n").flatMap((paragraph) => fill(paragraph.split(" "), columns));
}

function fill(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
