/** Brings the files of public repositories to where they are deployed from. */
import { join } from "@std/path";

/**
 * Puts the newest files of `OWNER/NAME` into a folder below `target`, and answers that folder. They
 * come from a repository in one of `mirrors`, else from GitHub.
 */
export async function checkOut(
  repository: string,
  mirrors: readonly string[],
  target: string,
): Promise<string> {
  const folder = join(target, repository.replace("/", "+"));
  if (await isThere(folder)) return folder;
  const git = await repositoryOf(repository, mirrors) ?? await clone(repository, `${folder}.git`);
  await Deno.mkdir(folder, { recursive: true });
  // An index of its own: what is in the mirror stays as it is.
  const env = { GIT_INDEX_FILE: `${folder}.index` };
  const args = [`--git-dir=${git}`, `--work-tree=${folder}`];
  await run([...args, "checkout", "--force", "HEAD", "--", "."], env).catch((error) =>
    // A mirror may lack its largest files.
    console.error(`${repository}: ${error.message.split("\n")[0]}`)
  );
  return folder;
}

async function repositoryOf(
  repository: string,
  mirrors: readonly string[],
): Promise<string | undefined> {
  for (const mirror of mirrors) {
    const folder = join(mirror, repository.replace("/", "+"), "repo");
    for (const place of [join(folder, ".git"), folder]) {
      if (await isThere(join(place, "HEAD"))) return place;
    }
  }
}

async function clone(repository: string, target: string): Promise<string> {
  await run([
    "clone",
    "--quiet",
    "--bare",
    "--depth=1",
    `https://github.com/${repository}`,
    target,
  ]);
  return target;
}

async function run(args: string[], env: Record<string, string> = {}): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", { args, env }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
