/** What functions see as their environment while they are served. */
import { getSecret, listSecrets } from "../../client/backend/secrets.ts";
import type { Context } from "../../cli/context.ts";
import { readTextInput } from "../../cli/input.ts";
import { NotLinkedError } from "../../core/errors.ts";
import { forEachParallel } from "../../core/parallel.ts";
import { parseEnvFile } from "../../files/env_file.ts";

/** Variables, and where they are from. */
export interface Environment {
  /** In words: where it comes from. */
  readonly source: string;
  read(): Promise<Record<string, string>>;
}

/** The secrets of a file, else of the linked project, else none. */
export async function environmentOf(
  context: Context,
  envFile: string | undefined,
): Promise<Environment> {
  if (envFile !== undefined) {
    const read = async () => {
      const entries = await parseEnvFile(await readTextInput(context, envFile));
      return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
    };
    await read();
    return { source: `the variables of ${envFile}`, read };
  }
  try {
    const secrets = await projectSecrets(context);
    return { source: "the project's secrets", read: () => Promise.resolve(secrets) };
  } catch (error) {
    if (!(error instanceof NotLinkedError)) throw error;
    return { source: "no secrets: no project is linked", read: () => Promise.resolve({}) };
  }
}

async function projectSecrets(context: Context): Promise<Record<string, string>> {
  const backend = await context.backend();
  using progress = context.progress("Reading the project's secrets");
  const values: Record<string, string> = {};
  const active = (await listSecrets(backend)).filter(({ isActive }) => isActive);
  await forEachParallel(active, 8, async ({ key, expiresAt }) => {
    if (expiresAt && Date.parse(expiresAt) <= context.clock.now().getTime()) return;
    values[key] = (await getSecret(backend, key)).value;
  });
  progress.stop();
  return Object.fromEntries(Object.entries(values).sort());
}
