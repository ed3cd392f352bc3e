/** Tables that fit a terminal. */
import { escapeLine } from "./escape.ts";
import type { Style } from "./style.ts";
import type { Cell, TableView } from "./view.ts";
import { fit, pad, widthOf } from "./width.ts";

const GAP = "  ";
const MINIMUM = 10;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Lays out a table in at most `columns` columns (no limit when undefined, as in a pipe): values
 * that do not fit are cut with an ellipsis, numbers stand right, NULL is marked. A table that does
 * not fit even so is shown row by row, a line for each value.
 */
export function renderTable(view: TableView, style: Style, columns: number | undefined): string[] {
  const { titles, texts, widths, fits } = layOut(view, columns);
  if (columns !== undefined && !fits) return recordsOf(view, titles, texts, style, columns);
  const right = view.columns.map((column, index) =>
    column.align ? column.align === "right" : isNumeric(view, index)
  );
  const line = (cells: readonly string[], paint: (text: string, index: number) => string) =>
    cells.map((cell, index) => {
      const cut = fit(cell, widths[index]!);
      const isLast = index === cells.length - 1;
      const filled = right[index] ? pad(cut, widths[index]!, "right") : pad(cut, widths[index]!);
      return paint(isLast && !right[index] ? cut : filled, index);
    }).join(GAP).trimEnd();
  return [
    line(titles, style.bold),
    style.dim(widths.map((width) => "─".repeat(width)).join(GAP)),
    ...texts.map((cells, row) =>
      line(cells, (cell, index) => isNull(view.rows[row]![index]) ? style.dim(cell) : cell)
    ),
  ];
}

/** Whether a table can be shown as one, if need be with values cut. */
export function fitsIn(view: TableView, columns: number): boolean {
  return layOut(view, columns).fits;
}

function layOut(view: TableView, columns: number | undefined) {
  const texts = view.rows.map((row) => view.columns.map((_, index) => cellText(row[index])));
  const titles = view.columns.map((column) => escapeLine(column.title));
  const natural = titles.map((title, index) => Math.max(widthOf(title), ...maximum(texts, index)));
  const whole = view.columns.map((column) => column.whole === true);
  const widths = columns === undefined ? natural : share(natural, columns, whole);
  return { titles, texts, widths, fits: columns === undefined || widthOfRow(widths) <= columns };
}

function recordsOf(
  view: TableView,
  titles: readonly string[],
  texts: readonly string[][],
  style: Style,
  columns: number,
): string[] {
  const width = Math.max(...titles.map(widthOf));
  return texts.flatMap((cells, row) => [
    ...(row === 0 ? [] : [""]),
    ...cells.map((cell, index) => {
      const isWhole = view.columns[index]!.whole;
      const text = isWhole ? cell : fit(cell, Math.max(MINIMUM, columns - width - GAP.length));
      const value = isNull(view.rows[row]![index]) ? style.dim(text) : text;
      return style.bold(pad(titles[index]!, width)) + GAP + value;
    }),
  ]);
}

function widthOfRow(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
}

/** One value as one line of text: NULL for null, JSON for objects, exact digits for numbers. */
export function cellText(value: Cell): string {
  if (isNull(value)) return "NULL";
  if (typeof value === "string") return escapeLine(value);
  if (typeof value === "object") return escapeLine(JSON.stringify(value));
  return String(value);
}

function isNull(value: Cell): boolean {
  return value === null || value === undefined;
}

function maximum(texts: readonly string[][], index: number): number[] {
  let widest = 0;
  for (const row of texts) widest = Math.max(widest, widthOf(row[index]!));
  return [widest];
}

function isNumeric(view: TableView, index: number): boolean {
  const values = view.rows.map((row) => row[index]).filter((value) => !isNull(value));
  return values.length > 0 &&
    values.every((value) =>
      typeof value === "number" || typeof value === "bigint" ||
      (typeof value === "string" && NUMBER.test(value))
    );
}

/**
 * Takes from the widest columns first until the row fits; no column goes below a minimum, and none
 * that stays `whole` is touched.
 */
export function share(
  natural: readonly number[],
  columns: number,
  whole: readonly boolean[] = [],
): number[] {
  const widths = [...natural];
  let excess = widthOfRow(widths) - columns;
  while (excess > 0) {
    const free = widths.filter((_, index) => !whole[index]);
    const widest = Math.max(...free);
    if (widest <= MINIMUM) break;
    const next = Math.max(MINIMUM, ...free.filter((width) => width < widest));
    const widestColumns = free.filter((width) => width === widest).length;
    const step = Math.max(1, Math.min(widest - next, Math.ceil(excess / widestColumns)));
    for (let index = 0; index < widths.length && excess > 0; index++) {
      if (widths[index] !== widest || whole[index]) continue;
      const taken = Math.min(step, excess);
      widths[index] = widest - taken;
      excess -= taken;
    }
  }
  return widths;
}
