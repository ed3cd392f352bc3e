import { notFoundIn } from "./not_found.ts";

/** What PostgreSQL computes with a search path of its own: indexes, and views that hold rows. */
const MAINTAINED = /\b(?:index|reindex|exclude|cluster|materialized\s+view)\b/i;

/** What a body of a function names, and a statement of these kinds does not by itself. */
const NAMED = ["function", "relation", "type"];

/**
 * What to do where a function that a statement calls names something without its schema, and
 * PostgreSQL, from 17 on, looks for that among its own names alone.
 */
export function searchPathHint(message: string, statement: string): string | undefined {
  const { kind = "", name = "" } = notFoundIn(message) ?? {};
  const isMeant = NAMED.includes(kind) && !name.includes(".");
  if (!isMeant || !MAINTAINED.test(statement)) return undefined;
  // What the statement itself names is looked for as always.
  if (new RegExp(`\\b${name}\\b`, "i").test(statement)) return undefined;
  return `A function that this calls names ${name} without a schema, which PostgreSQL does not ` +
    `find here: write public.${name}, or ALTER FUNCTION … SET search_path = public.`;
}
