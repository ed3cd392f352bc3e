/** What the advisor says: the backend's own once it has looked, else the rules of `db lint`. */
import { type Issue, listIssues } from "../../client/backend/advisor.ts";
import { listOwnSchemas } from "../../client/backend/database.ts";
import { sourceOf, textArray } from "../../client/backend/source.ts";
import type { HttpClient } from "../../client/http.ts";
import { choiceOption } from "../../cli/options.ts";
import { findAll } from "../../shared/advisor/find.ts";
import { issueOf } from "../../shared/advisor/issue.ts";
import { CATEGORIES, SEVERITIES } from "../../shared/advisor/rule.ts";
import { onlyWanted, type Wanted } from "../../shared/advisor/wanted.ts";
import { table, text } from "../../terminal/view.ts";
import type { Part } from "./part.ts";

/** Shows the findings. @throws {UsageError} for what is no severity or category */
export async function lookAtAdvisor(backend: HttpClient, wanted: Wanted): Promise<Part> {
  const severity = choiceOption(wanted.severity, "--severity", SEVERITIES);
  const category = choiceOption(wanted.category, "--category", CATEGORIES);
  const found = await listIssues(backend, { severity, category }) ?? await lookNow(backend);
  const issues = onlyWanted(found, { severity, category });
  return {
    data: { issues },
    view: [
      table(
        ["Severity", "Rule", "Object", "Title"],
        issues.map(({ severity, ruleId, affectedObject, title }) => [
          severity,
          ruleId,
          affectedObject,
          title,
        ]),
        "Nothing to mend was found.",
      ),
      ...issues.length > 0 ? [text("See what mends them: insforge db lint")] : [],
    ],
  };
}

async function lookNow(backend: HttpClient): Promise<Issue[]> {
  const findings = await findAll(sourceOf(backend), textArray(await listOwnSchemas(backend)));
  return findings.map((finding) => issueOf(`${finding.rule} ${finding.object}`, finding));
}
