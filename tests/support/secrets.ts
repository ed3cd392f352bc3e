/** Searches what the program wrote for keys, tokens and passwords that it had. */
import { readFileIfPresent } from "../../src/files/read_file.ts";
import { assert } from "@std/assert";
import { resolve } from "@std/path";

/** Where a run of the program may have had secrets from. */
export interface SecretSources {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const VARIABLES = ["INSFORGE_API_KEY", "INSFORGE_ACCESS_TOKEN", "INSFORGE_PASSWORD"];
const FIELD = /"(?:\w*_key|apiKey|\w*token|\w*secret\w*|\w*password)":\s*"([^"]+)"/gi;

/** Fails when a secret that the command had is in what it wrote, or in its local backend's logs. */
export async function requireSilence(
  args: readonly string[],
  { cwd = ".", env = {} }: SecretSources,
  written: string,
): Promise<void> {
  const dataDir = dataDirOf(args, cwd);
  await requireNone(`insforge ${args.join(" ")}`, written, [
    ...VARIABLES.map((name) => env[name]),
    ...await secretsIn(
      `${cwd}/.insforge/project.json`,
      `${env.HOME}/.insforge/credentials.json`,
      `${dataDir}/keys.json`,
    ),
  ]);
  await requireSilentLogs(dataDir);
}

/** Fails when a key of a local backend is in one of its logs; what functions print is their own. */
export async function requireSilentLogs(dataDir: string): Promise<void> {
  const secrets = await secretsIn(`${dataDir}/keys.json`);
  const logs = await Array.fromAsync(Deno.readDir(`${dataDir}/logs`)).catch(() => []);
  for (const { name } of logs) {
    if (name.startsWith("function.logs")) continue;
    const text = await Deno.readTextFile(`${dataDir}/logs/${name}`).catch(() => "");
    requireNone(`the log ${name}`, text, secrets);
  }
}

/** A stream that fails at its end when it held a secret. */
export function searched(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  search: (text: string) => Promise<void>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder();
  let text = "";
  return stream.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        text += decoder.decode(chunk, { stream: true });
        controller.enqueue(chunk);
      },
      flush: () => search(text),
    }),
  );
}

function dataDirOf(args: readonly string[], cwd: string): string {
  const option = args.indexOf("--data-dir");
  return resolve(cwd, option === -1 ? ".insforge/local" : args[option + 1] ?? "");
}

async function secretsIn(...files: string[]): Promise<string[]> {
  // A pipe in the place of one is never read to its end.
  const texts = await Promise.all(files.map((file) => readFileIfPresent(file).catch(() => "")));
  return texts.flatMap((text = "") => [...text.matchAll(FIELD)].map(([, value]) => value!));
}

function requireNone(who: string, written: string, secrets: readonly (string | undefined)[]): void {
  for (const secret of secrets) {
    // What is shorter is in other words by chance.
    if (!secret || secret.length < 6) continue;
    assert(!written.includes(secret), `${who} wrote the secret ${secret}`);
  }
}
