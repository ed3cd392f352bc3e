/** What became of dangerous commands: `~/.insforge/guard-audit.jsonl`, a line each. */
import { guardAuditFile } from "../../config/paths.ts";
import { appendToPrivateFile } from "../../files/output_file.ts";
import { reason } from "../../files/reason.ts";
import type { Context } from "../context.ts";

/** What was decided of a command. */
export type Decision = "approved" | "denied" | "timeout" | "bypassed" | "needs_brief";

/**
 * Notes a decision. What cannot be noted is told and stops nothing: of a command that was denied
 * nobody would learn more by another error.
 */
export async function noteDecision(
  context: Context,
  operands: readonly unknown[],
  decision: Decision,
): Promise<void> {
  const { launch, clock } = context;
  if (launch.globalFolder === undefined) return;
  const { command, effect } = launch.invocation;
  const path = command.join(" ");
  // What a command only changes, such as a secret, may be among its operands.
  const shown = effect === "destroys" ? operands.map((one) => withoutValues(String(one))) : [];
  const entry = {
    ts: clock.now().toISOString(),
    path,
    command: ["insforge", path, ...shown].join(" "),
    decision,
  };
  try {
    const file = guardAuditFile(launch.globalFolder);
    await appendToPrivateFile(file, `${JSON.stringify(entry)}\n`);
  } catch (error) {
    context.warn(`The decision could not be noted: ${reason(error)}.`);
  }
}

/** SQL without the texts in it, which may be secret. */
function withoutValues(text: string): string {
  return text.replace(/'(?:[^']|'')*'/g, "'…'").replace(/(\$\w*\$).*?\1/gs, "$1…$1");
}
