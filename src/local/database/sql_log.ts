import { DatabaseError } from "../errors.ts";
import type { Logger } from "../log.ts";

/** Milliseconds from which a statement is slow. */
const SLOW_MS = 500;
const MOST_CHARACTERS = 500;

/** Runs SQL and notes it when it fails or is slow. */
export async function observed<T>(
  log: Logger | undefined,
  sql: string,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  try {
    const result = await work();
    const duration = performance.now() - started;
    if (duration >= SLOW_MS) {
      const statement = withoutValues(sql);
      log?.warn(`slow statement: ${Math.round(duration)}ms`, { statement });
    }
    return result;
  } catch (error) {
    if (error instanceof DatabaseError) noteFailure(log, sql, error.message, error.fields);
    throw error;
  }
}

/** Notes why SQL failed. */
export function noteFailure(
  log: Logger | undefined,
  sql: string,
  message: string,
  { sqlstate = "", detail }: { readonly sqlstate?: string; readonly detail?: string },
): void {
  log?.error(withoutQuoted(message, sqlstate), {
    sqlstate,
    detail: detail && withoutData(detail, sqlstate),
    statement: withoutValues(sql),
  });
}

/** The tokens of SQL that hold a value, or that may hold what looks like one. */
const TOKENS = new RegExp(
  [
    /(?<comment>--[^\n]*|\/\*[^]*?(?:\*\/|$))/,
    /(?<kept>"(?:[^"]|"")*(?:"|$)|\$\d+)/,
    /(?<text>[eE]'(?:[^'\\]|''|\\[^])*(?:'|$)|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$))/,
    /(?<dollar>\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)/,
    /(?<word>[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)/,
    /(?<number>\.?\d[\w.]*)/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/** Literals may be secrets, passwords and other people's data: they stay out of the log. */
function withoutValues(sql: string): string {
  const text = sql.slice(0, 4 * MOST_CHARACTERS);
  let kept = "";
  let at = 0;
  TOKENS.lastIndex = 0;
  for (let match = TOKENS.exec(text); match; match = TOKENS.exec(text)) {
    const { comment, text: literal, dollar, number } = match.groups!;
    kept += text.slice(at, match.index);
    if (dollar) {
      const end = text.indexOf(dollar, TOKENS.lastIndex);
      TOKENS.lastIndex = end === -1 ? text.length : end + dollar.length;
    }
    kept += comment ? " " : literal || dollar ? "'…'" : number ? "…" : match[0];
    at = TOKENS.lastIndex;
  }
  kept += text.slice(at);
  return kept.replaceAll(/\s+/g, " ").trim().slice(0, MOST_CHARACTERS);
}

/** Classes of errors whose messages quote names, not data: objects that are missing, in the way or in use. */
const QUOTES_NAMES = /^(?:23|2B|3D|3F|42(?!601)|55|0A)/;

/** `invalid input syntax for type integer: "…"` */
function withoutQuoted(message: string, sqlstate: string): string {
  return QUOTES_NAMES.test(sqlstate) ? message : message.replaceAll(/"[^]*"|'[^]*'/g, '"…"');
}

/** `Key (email)=(a@b)` names the column, and not the value; other details of data are left out. */
function withoutData(detail: string, sqlstate: string): string | undefined {
  if (sqlstate.startsWith("23")) return /^Key \(.*?\)=\(/.exec(detail)?.[0].concat("…)");
  return QUOTES_NAMES.test(sqlstate) ? detail : undefined;
}
