/** Names of objects as SQL writes them. */

const PART = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)`;

/** The source of a pattern for a name, with its schema where it has one. */
export const NAME = String.raw`${PART}(?:\s*\.\s*${PART})*`;

/** A name without what SQL adds: `"My ""Table"""` is `My "Table"`, `ABC` is `abc`. */
function plain(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase();
}

/** An object's schema and name; the schema is that which a session finds first. */
export interface ObjectName {
  readonly schema: string;
  readonly name: string;
}

/** Reads what {@link NAME} matches. */
export function parseName(text: string): ObjectName {
  const parts = [...text.matchAll(new RegExp(PART, "g"))].map(([part]) => plain(part));
  return { schema: parts.at(-2) ?? "public", name: parts.at(-1)! };
}

/** The name as SQL. */
export function quoteName({ schema, name }: ObjectName): string {
  return `${quote(schema)}.${quote(name)}`;
}

/** A part of a name as SQL takes it, whatever is in it. */
export function quote(part: string): string {
  return `"${part.replaceAll('"', '""')}"`;
}

/** How people read it: without the schema that needs none. */
export function shownName({ schema, name }: ObjectName): string {
  return schema === "public" ? name : `${schema}.${name}`;
}
