/** Counts for people. */

/** A count with its noun: `1 row`, `1,234 rows`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : nouns}`;
}
