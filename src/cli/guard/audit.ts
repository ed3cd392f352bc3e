/** What became of dangerous commands: `~/.insforge/guard-audit.jsonl`, a line each. */
import { guardAuditFile } from "../../config/paths.ts";
import { appendToPrivateFile } from "../../files/output_file.ts";
import { reason } from "../../files/reason.ts";
import { statementWithoutValues } from "../../shared/sql/without_values.ts";
import type { Context } from "../context.ts";
import type { Decision } from "./approval.ts";

/** What became of a command, asked about or not. */
type Outcome = Decision | "bypassed" | "needs_brief";

/**
 * Notes a decision. What cannot be noted is told and stops nothing: of a command that was denied
 * nobody would learn more by another error.
 */
export async function noteDecision(
  context: Context,
  operands: readonly unknown[],
  outcome: Outcome,
): Promise<void> {
  const { launch, clock } = context;
  if (launch.globalFolder === undefined) return;
  const { command, effect } = launch.invocation;
  const path = command.join(" ");
  // What a command only changes, such as a secret, may be among its operands.
  const texts = effect === "destroys" ? operands.map(String) : [];
  const shown = path === "db query" ? texts.map(statementWithoutValues) : texts;
  const entry = {
    ts: clock.now().toISOString(),
    path,
    command: ["insforge", path, ...shown].join(" "),
    decision: outcome,
  };
  try {
    const file = guardAuditFile(launch.globalFolder);
    await appendToPrivateFile(file, `${JSON.stringify(entry)}\n`);
  } catch (error) {
    context.warn(`The decision could not be noted: ${reason(error)}.`);
  }
}
