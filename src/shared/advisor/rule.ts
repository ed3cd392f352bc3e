/** What the advisor looks for in a database: one query a rule, the same here and on the server. */

/** From what must be mended to what may stay; the real backend's words. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = typeof SEVERITIES[number];

export const CATEGORIES = ["security", "performance", "health"] as const;
export type Category = typeof CATEGORIES[number];

/** Something that the advisor looks for. */
export interface Rule {
  /** The real backend's id where it has the rule: suppressions name it. */
  readonly id: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly title: string;
  /** Why it matters, in a sentence. */
  readonly why: string;
  /**
   * A query with the schemas to look at as `$1`, a `text[]`: `object` as people name it, `detail`,
   * `fix` as SQL, and where it is not the rule's, `severity`.
   */
  readonly sql: string;
}

/** What a rule's query answers. */
export interface FindingRow {
  readonly object: string;
  readonly detail: string;
  readonly fix: string;
  readonly severity?: Severity;
}

/** One place where a database breaks a rule. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly title: string;
  readonly object: string;
  /** What is wrong there, and why that matters. */
  readonly detail: string;
  /** SQL that mends it. */
  readonly fix: string;
}

/** The findings of a rule from the rows of its query. */
export function findingsOf(rule: Rule, rows: readonly FindingRow[]): Finding[] {
  const { id, category, title, why } = rule;
  return rows.map(({ object, detail, fix, severity }) => ({
    rule: id,
    severity: severity ?? rule.severity,
    category,
    title,
    object,
    detail: `${detail} ${why}`,
    fix,
  }));
}

/** The most severe first, then by rule and object. */
export function bySeverity(a: Finding, b: Finding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compare(a.rule, b.rule) || compare(a.object, b.object);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether the row of a catalog belongs to an extension, which mends its own. */
export function isExtensions(catalog: string, oid: string): string {
  return `EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass
    AND e.objid = ${oid} AND e.deptype = 'e')`;
}
