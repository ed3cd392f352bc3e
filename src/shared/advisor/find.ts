/** Looking with every rule. */
import { bySeverity, type Finding, type FindingRow, findingsOf } from "./rule.ts";
import { RULES } from "./rules.ts";

/** Runs a statement that only reads. */
type Query = (sql: string, params: readonly unknown[]) => Promise<readonly FindingRow[]>;

/** What the rules find, the most severe first. @param schemas the text of a `text[]` */
export async function findAll(query: Query, schemas: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const rule of RULES) {
    const rows = await query(rule.sql, [schemas]);
    findings.push(
      ...findingsOf(rule, rows.map((row) => ({ ...row, severity: row.severity ?? undefined }))),
    );
  }
  return findings.sort(bySeverity);
}
