/** Versions as releases number them: `1.2.3`, or `1.2.3-rc.1` before that. */

/** Negative where `a` comes before `b`, positive where it comes after; 0 for the same release. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (const index of [0, 1, 2] as const) {
    const difference = left.numbers[index]! - right.numbers[index]!;
    if (difference !== 0) return difference;
  }
  if (left.before === right.before) return 0;
  if (!left.before || !right.before) return left.before ? -1 : 1;
  return left.before.localeCompare(right.before, "en", { numeric: true });
}

/** Whether text is a version: what a server sends becomes part of addresses. */
export function isVersion(text: unknown): text is string {
  return typeof text === "string" && /^\d{1,9}\.\d{1,9}\.\d{1,9}(-[0-9A-Za-z.-]+)?$/.test(text);
}

function parse(version: string): { numbers: number[]; before: string } {
  const [release = "", ...before] = version.split("-");
  const numbers = release.split(".").map((part) => Number.parseInt(part) || 0);
  return { numbers: [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0], before: before.join("-") };
}
