import { Command } from "@cliffy/command";
import { setDeploymentSlug } from "../../client/backend/deployments.ts";
import { getMetadata } from "../../client/backend/metadata.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError, UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, success, text } from "../../terminal/view.ts";

/** `insforge deployments slug`: the name in the address of the site, where the cloud hosts it. */
export const slug = (run: Run) =>
  new Command()
    .arguments("[slug:string]")
    .option("--remove", "Go back to the address that the site had at first.")
    .example("Show it", "insforge deployments slug")
    .example("Choose one", "insforge deployments slug my-shop")
    .action(run(runSlug));

/** Shows the name, or changes it. @throws {OperationError} where the backend has no such names */
async function runSlug(
  context: Context,
  { remove }: { remove?: boolean },
  name?: string,
): Promise<Result> {
  if (remove && name !== undefined) throw new UsageError("Give either a slug or --remove.");
  const backend = await context.backend();
  const { deployments } = await getMetadata(backend);
  if (!deployments) {
    throw new OperationError("This backend chooses no addresses of sites.", "NOT_SUPPORTED", {
      hint: "See where the site is with: insforge deployments metadata",
    });
  }
  if (!remove && name === undefined) {
    const current = deployments.customSlug ?? null;
    return { data: { slug: current }, view: facts([["Slug", current ?? "none"]]) };
  }
  const answer = await setDeploymentSlug(backend, name ?? null);
  return {
    data: answer,
    view: answer.slug
      ? [
        success(`The site is called ${answer.slug}.`),
        ...answer.domain ? [text(`Address: ${answer.domain}`)] : [],
      ]
      : success("The site has the address that it had at first."),
  };
}
