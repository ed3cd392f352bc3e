import { Command } from "@cliffy/command";
import { getMetadata } from "../api/backend/metadata.ts";
import { backendClient } from "../api/backend.ts";
import { ignoreProjectFolder } from "../config/gitignore.ts";
import { type Project, SELF_HOSTED, writeProject } from "../config/project.ts";
import { checkedUrl } from "../config/target.ts";
import type { Context, Run } from "../context.ts";
import { UsageError } from "../errors.ts";
import type { Result } from "../output/present.ts";
import { success } from "../output/view.ts";

interface Options {
  apiBaseUrl?: string;
  apiKey?: string;
}

/** `insforge link`: connects this directory with a backend. */
export const link = (run: Run) =>
  new Command()
    .option("--api-base-url <url:string>", "The address of a self-hosted backend.")
    .option("--api-key <key:string>", "The admin key of a self-hosted backend.")
    .example(
      "Link a self-hosted backend",
      "insforge link --api-base-url https://backend.example.com --api-key ik_…",
    )
    .action(run(runLink));

/** Links the directory. @throws {UsageError} when the options do not name a backend. */
export async function runLink(context: Context, options: Options): Promise<Result> {
  return await linkSelfHosted(context, options);
}

/** The form without an account: an address and a key. The key is tried before it is kept. */
async function linkSelfHosted(context: Context, options: Options): Promise<Result> {
  const { apiBaseUrl, apiKey } = options;
  if (!apiBaseUrl || !apiKey) {
    const missing = apiBaseUrl ? "--api-key" : "--api-base-url";
    throw new UsageError(`Missing ${missing}.`, {
      hint: "A self-hosted backend is linked with --api-base-url and --api-key.",
    });
  }
  const url = checkedUrl(apiBaseUrl, "--api-base-url");
  const { clock, signal, session } = context;
  await getMetadata(
    backendClient({ url, apiKey }, {
      clock,
      signal,
      userAgent: `insforge-cli/${session.version}`,
    }),
  );
  const project: Project = {
    ...SELF_HOSTED,
    project_name: "oss-project",
    appkey: "ossfkey",
    region: "us-test",
    api_key: apiKey,
    oss_host: url,
  };
  await writeProject(session.projectRoot, project);
  await ignoreProjectFolder(context);
  return {
    data: {
      success: true,
      project: { id: project.project_id, name: project.project_name, region: project.region },
      oss_host: url,
    },
    view: success(`Linked this directory to ${url}.`),
  };
}
