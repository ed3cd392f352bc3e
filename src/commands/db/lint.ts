import { Command } from "@cliffy/command";
import { listOwnSchemas } from "../../client/backend/database.ts";
import { sourceOf, textArray } from "../../client/backend/source.ts";
import type { Context, Run } from "../../cli/context.ts";
import { choiceOption } from "../../cli/options.ts";
import { findAll } from "../../shared/advisor/find.ts";
import { CATEGORIES, type Finding, SEVERITIES, type Severity } from "../../shared/advisor/rule.ts";
import { onlyWanted } from "../../shared/advisor/wanted.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { heading, success, text, type View } from "../../terminal/view.ts";

interface Options {
  failOn?: string;
  severity?: string;
  category?: string;
}

/** `insforge db lint`: what is unsafe, slow or bound to fail in the schema. */
export const lint = (run: Run) =>
  new Command()
    .option("--severity <level:string>", "Only findings of critical, warning or info.")
    .option("--category <category:string>", "Only security, performance or health.")
    .option("--fail-on <level:string>", "End with 1 when there are findings as severe as this.")
    .example("Look at the schema", "insforge db lint")
    .example("Fail a build", "insforge db lint --fail-on critical")
    .action(run(runLint));

/**
 * Reads the catalogs; nothing is changed.
 * @throws {UsageError} for what is no level or category
 */
export async function runLint(context: Context, options: Options): Promise<Result> {
  const failOn = choiceOption(options.failOn, "--fail-on", SEVERITIES);
  const severity = choiceOption(options.severity, "--severity", SEVERITIES);
  const category = choiceOption(options.category, "--category", CATEGORIES);
  const backend = await context.backend();
  using progress = context.progress("Looking at the schema");
  const found = await findAll(sourceOf(backend), textArray(await listOwnSchemas(backend)));
  progress.stop();
  const findings = onlyWanted(found, { severity, category });
  const fails = failOn !== undefined &&
    found.some((finding) => isAsSevere(finding.severity, failOn));
  return {
    data: { findings, counts: countsOf(findings) },
    view: viewOf(findings),
    exitCode: fails ? 1 : 0,
  };
}

function isAsSevere(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}

function countsOf(findings: readonly Finding[]): Record<Severity, number> {
  const count = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  return { critical: count("critical"), warning: count("warning"), info: count("info") };
}

function viewOf(findings: readonly Finding[]): View[] {
  if (findings.length === 0) return [success("Nothing to mend was found.")];
  const { critical, warning, info } = countsOf(findings);
  return [
    ...findings.flatMap(({ severity, rule, title, object, detail, fix }) => [
      heading(`${severity}: ${object}`),
      text(`${title} (${rule}). ${detail}`),
      ...fix.split("\n").map((line) => text(`  ${line}`)),
    ]),
    text(
      `${plural(findings.length, "finding")}: ${critical} critical, ${
        plural(warning, "warning")
      }, ${info} to know.`,
    ),
  ];
}
