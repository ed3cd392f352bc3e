import type { Context } from "../../cli/context.ts";
import { linkedProject } from "../../config/project.ts";

/**
 * What to type instead where the directory is linked to a local backend with another data
 * directory: on a branch, or after `--data-dir`. A link may have come with a clone, so that its
 * folder is named and not acted on.
 * @param dataDir where no backend runs
 */
export function elsewhere(
  { launch }: Context,
  command: "stop" | "status",
  dataDir: string,
): string | undefined {
  const linked = linkedProject(launch)?.data_dir;
  if (linked === undefined || linked === dataDir) return undefined;
  return `The linked backend keeps its data in ${linked}: ` +
    `insforge local ${command} --data-dir ${linked}`;
}
