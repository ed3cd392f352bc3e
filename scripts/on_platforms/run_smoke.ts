/** Runs the command lines of smoke.ts on a platform, against a backend of this machine. */
import { dirname } from "@std/path";
import type { Command, Platform, Result } from "./platform.ts";
import { FILES, type Line, LINES } from "./smoke.ts";
import { startBackend } from "./backend.ts";

/** Room for one command under emulation. */
const MOST_MS = 10 * 60 * 1000;

/** Runs them all, or the short list. */
export async function runSmoke(platform: Platform, isShort = false): Promise<Result[]> {
  const folder = await Deno.makeTempDir({ prefix: "insforge platform " });
  await using backend = await startBackend();
  try {
    const work = `${folder}/a folder ✓`;
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.mkdir(dirname(`${work}/${name}`), { recursive: true });
      await Deno.writeTextFile(`${work}/${name}`, text);
    }
    await Deno.mkdir(`${folder}/home`);
    const home = platform.path(`${folder}/home`);
    const env = { HOME: home, USERPROFILE: home, CI: "1" };
    const results: Result[] = [];
    for (const line of LINES.filter((line) => !isShort || line.isShort)) {
      const args = line.args.map((arg) =>
        arg === "$URL" ? backend.url : arg === "$KEY" ? backend.apiKey : arg
      );
      const command = platform.command(args, { cwd: work, env: { ...env, ...line.env } });
      const failure = judge(line, await runLine(command, line, work));
      results.push({ name: `insforge ${line.args.join(" ")}`, failure });
      if (failure) console.error(`✗ insforge ${line.args.join(" ")}\n${failure}`);
    }
    return results;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runLine(command: Command, line: Line, cwd: string): Promise<Outcome> {
  const child = new Deno.Command(command.program, {
    args: [...command.args],
    cwd,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", ...command.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(MOST_MS),
  }).spawn();
  const input = new Blob([line.stdin ?? ""]).stream().pipeTo(child.stdin).catch(() => {});
  let stderr = "";
  const errors = (async () => {
    let isPressed = false;
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += text;
      if (!line.interruptAt?.test(stderr) || isPressed) continue;
      isPressed = true;
      child.kill("SIGINT");
    }
  })();
  const [{ code }, stdout] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    errors,
    input,
  ]);
  return { code, stdout, stderr };
}

/** What is wrong with an outcome, if anything. */
function judge({ code = 0, stdout, stderr }: Line, found: Outcome): string | undefined {
  const isSaid = typeof stdout === "string" ? found.stdout === stdout : stdout?.test(found.stdout);
  const isRight = found.code === code && isSaid !== false && stderr?.test(found.stderr) !== false;
  return isRight
    ? undefined
    : `exit code ${found.code}, expected ${code}\n${found.stdout}${found.stderr}`;
}
