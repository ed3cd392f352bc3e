import { Command } from "@cliffy/command";
import type { HttpClient } from "../../client/http.ts";
import type { Context, Run } from "../../cli/context.ts";
import { choiceOption, wholeNumberOption } from "../../cli/options.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { heading } from "../../terminal/view.ts";
import { lookAtAdvisor } from "./advisor_part.ts";
import { checksOf, lookAtDatabase } from "./database_part.ts";
import { lookAtLogs } from "./logs_part.ts";
import { elsewhere, lookAtMetrics } from "./metrics_part.ts";
import type { Part } from "./part.ts";

interface Options {
  check?: string;
  source?: string;
  limit?: number;
  severity?: string;
  category?: string;
  range?: string;
  ai?: string;
}

/** The parts of the report, in their order. */
const PARTS = ["db", "logs", "advisor"] as const;
const LOG_LINES = 100;
/** How far back the platform's metrics go. */
const RANGES = ["1h", "6h", "24h", "7d"];

/** `insforge diagnose`: is the backend well? */
export const diagnose = (run: Run) =>
  new Command()
    .arguments("[part:string]")
    .option("--check <names:string>", "db: these checks, separated by commas.")
    .option("--source <log:string>", "logs: this one alone.")
    .option("--limit <lines:integer>", `logs: the newest lines of each (default: ${LOG_LINES}).`)
    .option("--severity <level:string>", "advisor: critical, warning or info.")
    .option("--category <category:string>", "advisor: security, performance or health.")
    .option("--range <range:string>", "metrics: of the platform alone.", { hidden: true })
    .option("--metrics <names:string>", "metrics: of the platform alone.", { hidden: true })
    .option("--ai <question:string>", "Of the platform alone.", { hidden: true })
    .example("Look at everything", "insforge diagnose")
    .example("Look at the database", "insforge diagnose db --check bloat,slow-queries")
    .example("What the advisor says", "insforge diagnose advisor --severity critical")
    .action(run(runDiagnose));

/** Reads, and changes nothing. @throws {UsageError} for an unknown part or check */
async function runDiagnose(context: Context, options: Options, part?: string): Promise<Result> {
  if (options.ai !== undefined) throw elsewhere("--ai …");
  choiceOption(options.range, "--range", RANGES);
  if (part === "incident") throw elsewhere(part);
  if (part === "metrics") return await lookAtMetrics(await context.backend());
  const wanted = PARTS.filter((name) => part === undefined || part === name);
  if (wanted.length === 0) {
    throw new UsageError(`There is no part ${part}.`, {
      hint: `Use one of: ${PARTS.join(", ")}, metrics.`,
    });
  }
  const limit = wholeNumberOption(options.limit, "--limit", 1) ?? LOG_LINES;
  const checks = checksOf(options.check);
  const backend = await context.backend();
  using progress = context.progress("Looking at the backend");
  const look = (name: typeof PARTS[number], client: HttpClient): Promise<Part> => {
    switch (name) {
      case "db":
        return lookAtDatabase(client, checks);
      case "logs":
        return lookAtLogs(client, options.source, limit, context.terminal);
      case "advisor":
        return lookAtAdvisor(client, options);
    }
  };
  const parts: [string, Part][] = [];
  for (const name of wanted) parts.push([name, await look(name, backend)]);
  progress.stop();
  return {
    data: part === undefined
      ? Object.fromEntries(parts.map(([name, { data }]) => [name, data]))
      : parts[0]![1].data,
    view: parts.flatMap(([name, { view }]) => part === undefined ? [heading(name), ...view] : view),
  };
}
