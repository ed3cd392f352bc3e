import { Command } from "@cliffy/command";
import { beginCheckout } from "../../client/platform/billing.ts";
import type { Context, Run } from "../../cli/context.ts";
import { advised, UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { ORGANIZATION, organizationOf } from "../account/choose.ts";
import { opened } from "./opened.ts";

/** `insforge billing upgrade`. */
export const upgrade = (run: Run) =>
  new Command()
    .arguments("<plan:string>")
    .option(...ORGANIZATION)
    .example("Take the plan pro", "insforge billing upgrade pro")
    .example("Its address, for a person", "insforge billing upgrade pro --json")
    .action(run(runUpgrade));

/** Opens the checkout of a plan; which there are, the platform knows. @throws {HttpError} */
async function runUpgrade(
  context: Context,
  options: { orgId?: string },
  plan: string,
): Promise<Result> {
  if (plan.trim() === "") throw new UsageError("The plan is empty.");
  const { platform, id } = await organizationOf(context, options.orgId);
  const checkout = await advised(
    beginCheckout(platform, id, plan),
    400,
    `${plan} may be no plan: take another, such as pro.`,
  );
  return { data: checkout, view: await opened(context, checkout.checkoutUrl) };
}
