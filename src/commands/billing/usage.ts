import { Command } from "@cliffy/command";
import { getUsage } from "../../client/platform/billing.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import type { Result } from "../../terminal/present.ts";
import { type Column, facts, table } from "../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../account/choose.ts";

/** `insforge usage`: what an organization has used in this billing cycle. */
export const usage = (run: Run) =>
  new Command()
    .option(...ORGANIZATION)
    .example("What was used?", "insforge usage")
    .action(run(runUsage));

/** Shows what an organization and each of its projects have used. */
async function runUsage(context: Context, options: { orgId?: string }): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const used = await getUsage(platform, id);
  return {
    data: used,
    view: [
      facts([
        ["Organization", used.organization.name],
        ["Plan", used.organization.price_plan],
        ...Object.entries(used.usage_summary).map(
          ([name, value]) => [labelOf(name), amountOf(name, value)] as const,
        ),
      ]),
      table(
        ["Project", "Status", ...["Database", "Storage", "Egress"].map(rightAligned)],
        used.projects.map((project) => [
          project.name,
          project.status,
          ...BYTES.map((name) => amountOf(name, Number(project[name] ?? 0))),
        ]),
        "It has no projects.",
      ),
    ],
  };
}

function rightAligned(title: string): Column {
  return { title, align: "right" };
}

/** What is told of each project. */
const BYTES = ["database_bytes", "storage_bytes", "egress_bytes"] as const;

/** `mau_total` as people read it: `MAU total`. */
function labelOf(name: string): string {
  const words = name.replace(/_bytes$/, "").replaceAll("_", " ")
    .replace(/\b(?:ai|api|mau)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function amountOf(name: string, value: number): string {
  if (name.endsWith("_bytes")) return formatBytes(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
