/** A directory that is linked to a project of the platform's emulator, and an account there. */
import { assertEquals } from "@std/assert";
import { requireAnswer } from "./answers.ts";
import { login } from "./faulty_commands.ts";
import { impatientClock, runInProcess } from "./in_process.ts";
import { type PlatformEmulator, startPlatform } from "./platform.ts";
import { withFolder } from "./temporary.ts";

/** What the directory is linked to. */
export const LINK = {
  project_id: "project-1",
  project_name: "shop",
  org_id: "org-1",
  appkey: "key-project-",
  region: "us-east",
  api_key: "ik_project-1",
  oss_host: "https://key-project-.us-east.insforge.app",
  guard: false,
};

/** How a test acts as the account. */
export interface Account {
  readonly platform: PlatformEmulator;
  readonly cwd: string;
  readonly globalFolder: string;
  /** The environment of every run from now on. */
  readonly env: Record<string, string>;
  readonly run: (
    ...args: readonly string[]
  ) => Promise<{ code: number; stdout: string; stderr: string }>;
  /** The answer of a command that succeeds, held against its schema. */
  // deno-lint-ignore no-explicit-any
  readonly json: (command: string, ...args: readonly string[]) => Promise<any>;
}

/** Logs in, links a directory, and takes both away afterwards. */
export async function withAccount(work: (account: Account) => Promise<void>): Promise<void> {
  await using platform = startPlatform();
  await withFolder(async (cwd) => {
    const globalFolder = `${cwd}/.home`;
    await Deno.mkdir(globalFolder);
    for (const [name, text] of Object.entries(login(platform))) {
      await Deno.writeTextFile(`${globalFolder}/${name}`, text);
    }
    await Deno.mkdir(`${cwd}/.insforge`);
    await Deno.writeTextFile(`${cwd}/.insforge/project.json`, JSON.stringify(LINK));
    const env = {
      INSFORGE_API_URL: platform.url,
      INSFORGE_FEEDBACK_URL: `${platform.url}/feedback`,
    };
    const run = (...args: readonly string[]) =>
      runInProcess([...args], { cwd, env, globalFolder, clock: impatientClock() });
    const json = async (command: string, ...args: readonly string[]) => {
      const { code, stdout, stderr } = await run(...command.split(" "), ...args, "--json");
      assertEquals(code, 0, stderr);
      requireAnswer(command, JSON.parse(stdout));
      return JSON.parse(stdout);
    };
    await work({ platform, cwd, globalFolder, env, run, json });
  });
}
