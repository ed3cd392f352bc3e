/** Counts and lists for people. */

/** A count with its noun: `1 row`, `1,234 rows`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  // `toLocaleString` would take 10 ms to load its data.
  const digits = String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${digits} ${count === 1 ? noun : nouns}`;
}

/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
