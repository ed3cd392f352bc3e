/** The guard: what is dangerous waits until a person has approved it. */
import { DeclinedError, OperationError, UsageError } from "../../core/errors.ts";
import { shellWord } from "../../core/shell_word.ts";
import type { Context } from "../context.ts";
import { askForApproval, type Brief } from "./approval.ts";
import { noteDecision } from "./audit.ts";
import { dangerOf } from "./danger.ts";

/** What the agent, or whoever calls, says of what it is about to do. */
interface Reasons {
  readonly reason?: string;
  readonly impact?: string;
  readonly recommendation?: string;
  readonly flagDestructive?: string | true;
}

const USUAL_WAIT_MS = 120_000;

/**
 * Waits for a person where the command is dangerous, or the caller says so; returns when it may go
 * on. What is approved is this command line alone.
 * @throws {DeclinedError} when it is denied
 * @throws {OperationError} when nobody came, or where a program asks and gives no reason
 */
export async function requireApproval(
  context: Context,
  options: unknown,
  operands: readonly unknown[],
): Promise<void> {
  const { env, launch, terminal } = context;
  const given = options as Reasons;
  const flagged = given.flagDestructive;
  const danger = await dangerOf(context, options, operands) ??
    (flagged === undefined ? undefined : "The caller says that it is destructive.");
  if (danger === undefined) return;
  if (env("INSFORGE_GUARD_BYPASS") === "1") {
    await noteDecision(context, operands, "bypassed");
    context.warn("The guard is passed by: INSFORGE_GUARD_BYPASS is set.");
    return;
  }
  const brief: Brief = {
    command: ["insforge", ...launch.invocation.args].map(shellWord).join(" "),
    danger,
    reason: given.reason ?? env("INSFORGE_GUARD_SUMMARY"),
    impact: given.impact ?? env("INSFORGE_GUARD_IMPACT"),
    recommendation: given.recommendation ?? env("INSFORGE_GUARD_RECOMMENDATION"),
    flag: typeof flagged === "string" ? flagged : undefined,
  };
  const wanted = env("INSFORGE_GUARD_REQUIRE_BRIEF");
  const needsBrief = wanted === "1" || (wanted !== "0" && !terminal.stdinIsTerminal);
  if (needsBrief && !(brief.reason ?? brief.impact ?? brief.recommendation)) {
    await noteDecision(context, operands, "needs_brief");
    throw new OperationError(`A person has to approve this: ${danger}`, "NEEDS_BRIEF", {
      hint: "Tell them why, and run it again with: --reason WHY --impact WHAT_IS_LOST " +
        "--recommendation YOUR_ADVICE",
    });
  }
  const decision = await askForApproval(context, brief, waitOf(env("INSFORGE_GUARD_TIMEOUT_MS")));
  await noteDecision(context, operands, decision);
  if (decision === "approved") return context.note("Approved.");
  if (decision === "denied") throw new DeclinedError("It was denied: nothing was changed.");
  throw new OperationError("Nobody approved it in time: nothing was changed.", "NOT_APPROVED", {
    hint: "Run it again when somebody is there to look at it.",
  });
}

/** @throws {UsageError} */
function waitOf(text: string | undefined): number {
  const milliseconds = text === undefined ? USUAL_WAIT_MS : Number(text);
  if (Number.isFinite(milliseconds) && milliseconds > 0) return milliseconds;
  throw new UsageError("INSFORGE_GUARD_TIMEOUT_MS is no number of milliseconds.");
}
