import type { SqlStatement } from "../statements.ts";

type RiskLevel = "SAFE" | "WARNING" | "DANGER";

interface RiskFactor {
  code: string;
  description: string;
  level: Exclude<RiskLevel, "SAFE">;
  statement: string;
}

/** What could be lost by running the statements (contract section 6.9). */
export function risksOf(
  statements: readonly SqlStatement[],
): { riskLevel: RiskLevel; riskFactors: RiskFactor[] } {
  const riskFactors = statements.flatMap((statement) => riskOf(statement) ?? []);
  const levels = riskFactors.map(({ level }) => level);
  const riskLevel = levels.includes("DANGER") ? "DANGER" : levels.length ? "WARNING" : "SAFE";
  return { riskLevel, riskFactors };
}

function riskOf({ kind, object, text }: SqlStatement): RiskFactor | undefined {
  const danger = (description: string): RiskFactor => ({
    code: "DESTRUCTIVE_DATA_LOSS",
    description,
    level: "DANGER",
    statement: text,
  });
  if (kind === "DropStmt") return danger(`It drops what it names for good (${object}).`);
  if (kind === "TruncateStmt") return danger("It removes every row.");
  if (
    kind === "AlterTableStmt" &&
    /\bDROP\s+(COLUMN\b|(?!CONSTRAINT\b|DEFAULT\b|NOT\b)\w)/i.test(text)
  ) {
    return danger("It drops a column with its values.");
  }
  if ((kind === "DeleteStmt" || kind === "UpdateStmt") && !/\bWHERE\b/i.test(text)) {
    return {
      code: "UNBOUNDED_CHANGE",
      description: "It has no WHERE: every row is changed.",
      level: "WARNING",
      statement: text,
    };
  }
}
