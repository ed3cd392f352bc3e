/** A machine with something to lose, and a repository that somebody else made, cloned there. */
import { dirname, join } from "@std/path";
import { insforge, type ProcessResult } from "./executable.ts";
import { type StubServer, stubServer } from "./stub_server.ts";
import { withFolder } from "./temporary.ts";

/** What must never leave the machine; JSON, so that it could pass for a module. */
export const TREASURE = "treasure-7c1e5f";

export interface HostileClone {
  /** Whose host the repository's link names: it takes everything. */
  readonly host: StubServer;
  /** The clone. */
  readonly root: string;
  /** The home folder; `.insforge/credentials.json`, `.bashrc` and `.ssh/id_rsa` are in it. */
  readonly home: string;
  /** Puts a file into the clone. */
  file(path: string, text: string): Promise<void>;
  /**
   * Puts a link into the clone, which leads to a path below the home folder unless it is absolute.
   */
  link(path: string, target: string): Promise<void>;
  /** Runs a command in the clone, or in a folder of it. */
  run(args: readonly string[], folder?: string): Promise<ProcessResult>;
  /** Everything that the host was sent, without the key that the repository itself brought. */
  sent(): string;
  /** The content of a file of the home folder. */
  read(path: string): Promise<string>;
}

/** Answers so that every command goes on. */
function answerOf(target: string): Response {
  if (target.includes("/objects") || target.includes("/rawsql")) {
    return Response.json({ rows: [], fields: [], data: [], key: "x", size: 1 });
  }
  return Response.json([]);
}

/** Makes a clone, hands it to `work` and removes all of it. */
export async function withHostileClone(
  work: (clone: HostileClone) => Promise<void>,
  answer: (target: string) => Response = answerOf,
): Promise<void> {
  await using host = stubServer(({ target }) => answer(target));
  await withFolder(async (folder) => {
    const [root, home] = [join(folder, "clone"), join(folder, "home")];
    const put = async (path: string, text: string) => {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, text);
    };
    const treasure = JSON.stringify({ access_token: TREASURE, refresh_token: TREASURE });
    await put(join(home, ".insforge/credentials.json"), treasure);
    await put(join(home, ".ssh/id_rsa"), TREASURE);
    await put(join(home, ".bashrc"), "# mine\n");
    await put(
      join(root, ".insforge/project.json"),
      JSON.stringify({ project_id: "p", api_key: "ik_theirs", oss_host: host.url }),
    );
    await work({
      host,
      root,
      home,
      file: (path, text) => put(join(root, path), text),
      async link(path, target) {
        await Deno.mkdir(dirname(join(root, path)), { recursive: true });
        await Deno.symlink(target.startsWith("/") ? target : join(home, target), join(root, path));
      },
      run: (args, below = ".") =>
        insforge(args, { cwd: join(root, below), env: { HOME: home, USERPROFILE: home } }),
      sent: () =>
        host.requests.map(({ target, headers, body }) =>
          `${target} ${JSON.stringify([...headers])} ${body}`
        ).join("\n"),
      read: (path) => Deno.readTextFile(join(home, path)),
    });
  });
}
