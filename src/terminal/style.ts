/** Colours, by meaning. A style without colour answers its text unchanged. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  italic(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

/** The style of a stream: coloured, or plain. */
export function styleFor(coloured: boolean): Style {
  const wrap = (open: number, close: number) => (text: string) =>
    coloured && text !== "" ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    italic: wrap(3, 23),
    good: wrap(32, 39),
    warn: wrap(33, 39),
    bad: wrap(31, 39),
    accent: wrap(36, 39),
  };
}
