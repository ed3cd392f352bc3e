/** Objects that become others in place. */

/** Statements that add the values that an enum lacks; undefined where it is more than that. */
export function alterEnum(from: string, to: string): string | undefined {
  const [old, wanted] = [enumOf(from), enumOf(to)];
  if (!old || !wanted || old.values.some((value) => !wanted.values.includes(value))) {
    return undefined;
  }
  const kept = wanted.values.filter((value) => old.values.includes(value));
  if (kept.join() !== old.values.join()) return undefined;
  const present = new Set(old.values);
  return wanted.values.flatMap((value, n) => {
    if (present.has(value)) return [];
    present.add(value);
    const before = wanted.values.slice(n + 1).find((other) => old.values.includes(other));
    const place = before === undefined ? "" : ` BEFORE ${before}`;
    return [`ALTER TYPE ${wanted.name} ADD VALUE ${value}${place};`];
  }).join("\n");
}

/** The name and the quoted values of what `CREATE TYPE … AS ENUM` makes. */
function enumOf(sql: string): { name: string; values: string[] } | undefined {
  const [, name, list] = /^CREATE TYPE (.+?) AS ENUM \(([^]*)\);$/.exec(sql) ?? [];
  if (name === undefined) return undefined;
  return { name, values: [...list!.matchAll(/E?'(?:[^']|'')*'/g)].map(([value]) => value) };
}

/** What gives a sequence other options. */
export function alterSequence(sql: string): string {
  return sql.replace(/^CREATE(?: UNLOGGED)? SEQUENCE/, "ALTER SEQUENCE");
}

/** Whether `CREATE OR REPLACE` makes one function of the other: it keeps arguments and result. */
export function isReplaceable(from: string, to: string): boolean {
  const head = (sql: string) => /^CREATE OR REPLACE [^]*?\n LANGUAGE /.exec(sql)?.[0];
  const wanted = head(to);
  return wanted !== undefined && head(from) === wanted;
}
