/** The compiled executable as a process, in a clean environment. */
import { assert } from "@std/assert";
import { fromFileUrl } from "@std/path";

/** The executable under test, as `scripts/build` leaves it. */
export const EXECUTABLE = fromFileUrl(
  new URL(
    `../../dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`,
    import.meta.url,
  ),
);

export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to an environment that holds PATH and nothing else; HOME is absent unless given. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** The command is there to show what is secret; any other output with a secret fails the test. */
  readonly reveals?: boolean;
}

export interface ProcessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the executable to its end. */
export async function insforge(
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  const child = spawnInsforge(args, options);
  const writer = child.stdin.getWriter();
  const input = options.stdin ?? "";
  const sent = (async () => {
    try {
      await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
      await writer.close();
    } catch {
      // The process ended without reading its input.
    }
  })();
  const { code, stdout, stderr } = await child.output();
  await sent;
  const decoder = new TextDecoder();
  const result = { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  if (!options.reveals) await requireSilence(args, options, result);
  return result;
}

const SECRETS = ["INSFORGE_API_KEY", "INSFORGE_ACCESS_TOKEN", "INSFORGE_PASSWORD"];

/** Fails when a key, token or password that the command had is in what it wrote. */
async function requireSilence(
  args: readonly string[],
  { cwd = ".", env = {} }: ProcessOptions,
  { stdout, stderr }: ProcessResult,
): Promise<void> {
  const files = [`${cwd}/.insforge/project.json`, `${env.HOME}/.insforge/credentials.json`];
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(file).catch(() => "")));
  const secrets = [
    ...SECRETS.map((name) => env[name]),
    ...texts.flatMap((text) =>
      [...text.matchAll(/"(?:\w*_key|\w*token|password)":\s*"([^"]+)"/gi)].map(([, value]) => value)
    ),
  ];
  for (const secret of secrets) {
    assert(
      !secret || secret.length < 6 || !`${stdout}${stderr}`.includes(secret),
      `insforge ${args.join(" ")} wrote the secret ${secret}`,
    );
  }
}

/** Starts the executable with all three streams piped. */
export function spawnInsforge(
  args: readonly string[],
  { cwd, env }: ProcessOptions = {},
): Deno.ChildProcess {
  return new Deno.Command(EXECUTABLE, {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", ...systemVariables(), ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Windows programs do not start without these. */
function systemVariables(): Record<string, string> {
  const names = ["SystemRoot", "TEMP", "TMPDIR"];
  return Object.fromEntries(
    names.map((name) => [name, Deno.env.get(name)]).filter(([, value]) => value),
  );
}
