/** Tables that fit a terminal. */
import { isKeptNumber } from "../core/exact_json.ts";
import { shownTime } from "./dates.ts";
import { escapeLine } from "./escape.ts";
import type { Style } from "./style.ts";
import type { Cell, Column, TableView } from "./view.ts";
import { breakLines, pad, widthOf } from "./width.ts";

const GAP = "  ";
/** The least that a value gets beside its title, however narrow the terminal is. */
const MINIMUM = 10;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Lays out a table in at most `columns` columns (no limit when undefined, as in a pipe): numbers
 * stand right, NULL is marked, and nothing is cut. Where a table does not fit, its spare columns
 * are left out, which a line says; where it does not fit even so, each row is shown as a block.
 */
export function renderTable(view: TableView, style: Style, columns: number | undefined): string[] {
  const layout = layOut(view, columns);
  if (view.expanded) return recordsOf(view, layout, style, columns);
  const kept = keptColumns(view, layout.widths, columns);
  if (!kept) return recordsOf(view, layout, style, columns);
  const leftOut = view.columns.filter((_, index) => !kept.includes(index));
  const isRight = (index: number) => {
    const { align } = view.columns[index]!;
    return align ? align === "right" : isNumeric(view, index);
  };
  const right = new Set(kept.filter(isRight));
  const line = (cells: readonly string[], paint: (text: string, index: number) => string) =>
    kept.map((index) => {
      const cell = cells[index]!;
      const width = layout.widths[index]!;
      if (right.has(index)) return paint(pad(cell, width, "right"), index);
      return paint(index === kept.at(-1) ? cell : pad(cell, width), index);
    }).join(GAP).trimEnd();
  return [
    line(layout.titles, style.bold),
    style.dim(kept.map((index) => "─".repeat(layout.widths[index]!)).join(GAP)),
    ...layout.texts.map((cells, row) =>
      line(cells, (cell, index) => isNull(view.rows[row]![index]) ? style.dim(cell) : cell)
    ),
    ...(leftOut.length > 0 ? [style.dim(leftOutLine(leftOut))] : []),
  ];
}

/** Whether a table fits with all of its columns. */
export function fitsIn(view: TableView, columns: number): boolean {
  return widthOfRow(layOut(view, columns).widths) <= columns;
}

interface Layout {
  readonly titles: readonly string[];
  readonly texts: readonly (readonly string[])[];
  readonly widths: readonly number[];
}

function layOut(view: TableView, columns: number | undefined): Layout {
  const texts = view.rows.map((row) =>
    view.columns.map((column, index) => textOf(row[index], column, columns))
  );
  const titles = view.columns.map((column) => escapeLine(column.title));
  const widths = titles.map((title, index) =>
    texts.reduce((most, row) => Math.max(most, widthOf(row[index]!)), widthOf(title))
  );
  return { titles, texts, widths };
}

/** The columns that are shown, by their places; undefined where the others do not fit either. */
function keptColumns(
  view: TableView,
  widths: readonly number[],
  columns: number | undefined,
): number[] | undefined {
  const all = [...widths.keys()];
  const fits = (kept: readonly number[]) =>
    columns === undefined || widthOfRow(kept.map((index) => widths[index]!)) <= columns;
  if (fits(all)) return all;
  let kept = all.filter((index) => !view.columns[index]!.spare);
  if (!fits(kept)) return undefined;
  for (const index of all.filter((index) => !kept.includes(index))) {
    const more = [...kept, index].sort((a, b) => a - b);
    if (fits(more)) kept = more;
  }
  return kept;
}

function leftOutLine(columns: readonly Column[]): string {
  const titles = columns.map(({ title }) => escapeLine(title)).join(", ");
  return `Left out, as there is no room: ${titles}. --json has all.`;
}

function recordsOf(
  view: TableView,
  { titles, texts }: Layout,
  style: Style,
  columns: number | undefined,
): string[] {
  const width = Math.max(...titles.map(widthOf));
  const room = columns && Math.max(MINIMUM, columns - width - GAP.length);
  return texts.flatMap((cells, row) => [
    ...(view.expanded ? ["", style.bold(`Row ${row + 1}`)] : row === 0 ? [] : [""]),
    ...cells.flatMap((cell, index) => {
      const value = view.rows[row]![index];
      const isOneLine = columns === undefined || view.columns[index]!.whole ||
        typeof value !== "string";
      const lines = (isOneLine ? [cell] : value.split(/\r?\n/).map(escapeLine))
        .flatMap((line) => view.columns[index]!.whole ? [line] : breakLines(line, room))
        .map((line) => isNull(value) ? style.dim(line) : line);
      const [first = "", ...rest] = view.columns[index]!.time ? [cell] : lines;
      return [
        `${style.bold(pad(titles[index]!, width))}${GAP}${first}`.trimEnd(),
        ...rest.map((line) => " ".repeat(width) + GAP + line),
      ];
    }),
  ]);
}

function widthOfRow(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
}

/** A cell of a column: times as people read them on a terminal, and as they are in a pipe. */
function textOf(value: Cell, { time }: Column, columns: number | undefined): string {
  const shown = time && columns !== undefined ? shownTime(value, time) : undefined;
  return shown ?? cellText(value);
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

function isNumeric(view: TableView, index: number): boolean {
  const values = view.rows.map((row) => row[index]).filter((value) => !isNull(value));
  return values.length > 0 &&
    values.every((value) =>
      typeof value === "number" || typeof value === "bigint" || isKeptNumber(value) ||
      (typeof value === "string" && NUMBER.test(value))
    );
}
