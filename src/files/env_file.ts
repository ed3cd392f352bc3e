/** Files of `KEY=value` lines. */

/** The names that frameworks give to the files of variables beside a project. */
export const ENV_FILES = [
  ".env",
  ".env.local",
  ".env.development",
  ".env.development.local",
  ".env.production",
  ".env.production.local",
] as const;

/** The entries of a file, in its order; comments, quotes and `export` as dotenv has them. */
export async function parseEnvFile(text: string): Promise<{ key: string; value: string }[]> {
  const { parse } = await import("dotenv");
  return Object.entries(parse(text)).map(([key, value]) => ({ key, value }));
}
