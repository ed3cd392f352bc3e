/** Findings as the HTTP contract (section 22) has them. */
import type { Category, Finding, Severity } from "./rule.ts";

/** What a scan found in one place. */
export interface Issue {
  readonly id: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly title: string;
  readonly description: string;
  readonly affectedObject: string;
  readonly recommendation: string;
}

/** A finding under an id that its teller chooses. */
export function issueOf(id: string, finding: Finding): Issue {
  const { rule, severity, category, title, object, detail, fix } = finding;
  return {
    id,
    ruleId: rule,
    severity,
    category,
    title,
    description: detail,
    affectedObject: object,
    recommendation: fix,
  };
}
