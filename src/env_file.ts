/** Files of `KEY=value` lines. */
import { parse } from "dotenv";

/** The entries of a file, in its order; comments, quotes and `export` as dotenv has them. */
export function parseEnvFile(text: string): { key: string; value: string }[] {
  return Object.entries(parse(text)).map(([key, value]) => ({ key, value }));
}
