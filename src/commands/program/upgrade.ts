import { Command } from "@cliffy/command";
import { updateFile } from "../../config/paths.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import { partialPath } from "../../files/temporary_paths.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { fetchExecutable } from "../../releases/fetch_executable.ts";
import { latestRelease, type Release, releaseClient } from "../../releases/manifest.ts";
import { ownerOf } from "../../releases/owner.ts";
import { discardReplacement, replaceExecutable } from "../../files/replace_executable.ts";
import { compareReleases } from "../../releases/version.ts";
import { rememberLatest } from "../../releases/update_notice.ts";

interface Options {
  check?: boolean;
}

/** `insforge upgrade`: the latest release in the place of this one. */
export const upgrade = (run: Run) =>
  new Command()
    .option("--check", "Only say whether there is a newer version.")
    .example("Upgrade", "insforge upgrade")
    .example("Look for a newer version", "insforge upgrade --check")
    .action(run(runUpgrade));

/**
 * Replaces this executable by the latest release's, verified and started once before.
 * @throws {OperationError} when a package manager owns it, or the release is not usable here
 */
async function runUpgrade(context: Context, { check }: Options): Promise<Result> {
  const { launch } = context;
  const executable = check ? undefined : await ownExecutable(context);
  const client = releaseClient(context);
  const release = await latestRelease(client);
  const { version: latest } = release;
  if (launch.globalFolder) {
    rememberLatest(updateFile(launch.globalFolder), latest, context.clock.now(), launch.token);
  }
  const available = compareReleases(latest, launch.version) > 0;
  const data = { current: launch.version, latest, available, upgraded: false };
  if (!available) {
    return {
      data,
      view: [success(`insforge ${launch.version} is the latest version.`)],
    };
  }
  if (!executable) {
    const view = [text(`insforge ${latest} is available; this is ${launch.version}.`)];
    return { data, view };
  }
  await install(context, release, executable);
  return {
    data: { ...data, upgraded: true, path: executable },
    view: [success(`insforge was upgraded from ${launch.version} to ${latest}.`)],
  };
}

/**
 * The real path of the running executable.
 * @throws {OperationError} when it is not its own master
 */
async function ownExecutable({ launch }: Context): Promise<string> {
  if (!Deno.build.standalone) {
    throw new OperationError("This insforge runs from a checkout.", "NOT_UPGRADABLE", {
      hint: "Run `git pull` there.",
    });
  }
  const executable = await Deno.realPath(launch.self[0]!);
  const owner = ownerOf(executable);
  if (owner) {
    throw new OperationError(
      `${executable} belongs to ${owner.name}, which would not know of the upgrade.`,
      "NOT_UPGRADABLE",
      { hint: `Run \`${owner.upgrade}\`.` },
    );
  }
  return executable;
}

async function install(context: Context, release: Release, executable: string): Promise<void> {
  const { version, files } = release;
  if (!files) {
    throw new OperationError(
      `insforge ${version} has no executable for ${Deno.build.target}.`,
      "NOT_UPGRADABLE",
    );
  }
  const target = partialPath(executable);
  const title = `Fetching insforge ${version}`;
  using progress = context.progress(title);
  await fetchExecutable(releaseClient(context), {
    ...files,
    version,
    target,
    onProgress: (received) =>
      progress.update(`${title}: ${formatBytes(received)} of ${formatBytes(files.archive.size)}`),
  });
  await requireStart(target, version);
  await replaceExecutable(executable, target);
}

/** What does not start on this machine must not replace what does. */
async function requireStart(program: string, version: string): Promise<void> {
  const failure = await new Deno.Command(program, { args: ["--version"], stdin: "null" }).output()
    .then(
      ({ success, stderr }) => success ? undefined : new TextDecoder().decode(stderr).trim(),
      (error: Error) => error.message,
    );
  if (failure === undefined) return;
  await discardReplacement(program);
  throw new OperationError(
    `insforge ${version} does not start on this machine. Nothing was changed.`,
    "NOT_UPGRADABLE",
    { hint: failure.split("\n")[0] },
  );
}
