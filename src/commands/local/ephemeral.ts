/** Backends whose data is gone with their server, however that ends. */
import { ephemeralDataFolder } from "../../config/paths.ts";
import { isThere } from "../../files/real_path.ts";
import type { Context } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { eraseDataDir } from "../../shared/copies/data_dir.ts";

const LONGEST_END_MS = 10_000;
const POLL_MS = 10;

/** The data of this directory's ephemeral backend, if there is any. */
export function ephemeralDataOf({ launch }: Context): string | undefined {
  const folder = ephemeralDataFolder(launch.projectRoot);
  return isThere(folder) ? folder : undefined;
}

/**
 * Runs the server of this command line in a process of its own, and deletes its data when that has
 * ended, were it killed. When this process is killed, the server's input ends: then it ends itself,
 * and deletes the data.
 */
export async function watchServer({ launch }: Context, dataDir: string): Promise<Result> {
  const [program, ...self] = launch.self;
  const args = launch.invocation.args.map((arg) => arg === "--watched" ? "--bound" : arg);
  const server = new Deno.Command(program!, { args: [...self, ...args], stdin: "piped" }).spawn();
  const { code } = await server.status;
  await server.stdin.abort();
  if (isThere(dataDir)) await eraseDataDir(dataDir);
  // What the server said is all that there is to say.
  return { stream: new Blob([]).stream(), exitCode: code };
}

/** Waits until a server that has ended has deleted its data. */
export async function untilGone({ clock }: Context, folder: string): Promise<void> {
  for (let waited = 0; waited < LONGEST_END_MS; waited += POLL_MS) {
    if (!isThere(folder)) return;
    await clock.sleep(POLL_MS);
  }
}
