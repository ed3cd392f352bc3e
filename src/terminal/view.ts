/**
 * What a person sees of a result. Commands build views; `present.ts` alone turns them into text.
 */

import type { TimeKind } from "./dates.ts";

/** One value of a table: text, a number, a boolean, JSON, or nothing. */
export type Cell = unknown;

/** A column; `align` is taken from the values unless given. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Its values are copied from the table, such as an id: they are never broken into lines. */
  readonly whole?: boolean;
  /** It may be left out where there is no room for all; of such columns the first is worth most. */
  readonly spare?: boolean;
  /** Its values are times, as ISO 8601 in UTC. */
  readonly time?: TimeKind;
}

export interface TableView {
  readonly kind: "table";
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** The sentence shown instead of a table without rows. */
  readonly empty: string;
  /** What is shown where the table does not fit; without it, its rows value by value. */
  readonly narrow?: readonly View[];
  /** Whether each row is shown as a block in any case. */
  readonly expanded?: boolean;
}

export interface TextView {
  readonly kind: "text";
  /** Data in it is escaped; colours are the presenter's. */
  readonly text: string;
  readonly tone?: "success" | "heading" | "plain";
}

/** What is known under a label; undefined is not shown. */
export type Fact = readonly [label: string, value: Cell];

export interface FactsView {
  readonly kind: "facts";
  readonly facts: readonly Fact[];
}

/**
 * Text that goes into a pipe or a file exactly as it is: source code, a secret, a document. On a
 * terminal its control characters are made visible.
 */
export interface RawView {
  readonly kind: "raw";
  readonly text: string;
}

/** Text with colours of its own; data in it is escaped already. */
export interface StyledView {
  readonly kind: "styled";
  readonly text: string;
}

/** A document in Markdown: laid out on a terminal, as it is anywhere else. */
export interface MarkdownView {
  readonly kind: "markdown";
  readonly text: string;
}

export type View = TableView | TextView | FactsView | RawView | StyledView | MarkdownView;

/** A table with a header row. */
export function table(
  titles: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  empty: string,
  narrow?: readonly View[],
): TableView {
  const columns = titles.map((title) => typeof title === "string" ? { title } : title);
  return { kind: "table", columns, rows, empty, narrow };
}

/** A sentence. */
export function text(text: string): TextView {
  return { kind: "text", text };
}

/** A sentence that says what was done. */
export function success(text: string): TextView {
  return { kind: "text", text, tone: "success" };
}

/** The title of what follows. */
export function heading(text: string): TextView {
  return { kind: "text", text, tone: "heading" };
}

/** Labelled lines. Facts whose value is `undefined` are left out. */
export function facts(entries: readonly Fact[]): FactsView {
  return { kind: "facts", facts: entries.filter(([, value]) => value !== undefined) };
}

/** Text with colours of its own, in which data is escaped. */
export function styled(text: string): StyledView {
  return { kind: "styled", text };
}

/** Text exactly as it is; visible control characters on a terminal. */
export function raw(text: string): RawView {
  return { kind: "raw", text };
}

/** A document in Markdown. */
export function markdown(text: string): MarkdownView {
  return { kind: "markdown", text };
}
