import type { Category, Severity } from "./rule.ts";

/** Which findings are asked for; what is absent is no condition. */
export interface Wanted {
  readonly severity?: string;
  readonly category?: string;
}

/** Those of a severity and a category. */
export function onlyWanted<T extends { readonly severity: Severity; readonly category: Category }>(
  found: readonly T[],
  { severity, category }: Wanted,
): T[] {
  return found.filter((one) =>
    (severity === undefined || one.severity === severity) &&
    (category === undefined || one.category === category)
  );
}
