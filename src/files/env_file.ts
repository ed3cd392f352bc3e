/** Files of `KEY=value` lines. */
import { FileError } from "../core/errors.ts";
import { reason } from "./reason.ts";
import { placeOf, type TypedPaths } from "./typed_path.ts";
import { readFileIfPresent } from "./read_file.ts";

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
  const { default: dotenv } = await import("dotenv");
  return Object.entries(dotenv.parse(text)).map(([key, value]) => ({ key, value }));
}

/** The text of a file; empty where there is none. @throws {FileError} */
export async function readEnvText(paths: TypedPaths, path: string): Promise<string> {
  const text = await readFileIfPresent(placeOf(paths, path)).catch((error) => {
    throw new FileError(`Cannot read ${path}: ${reason(error)}.`, { cause: error });
  });
  return text ?? "";
}

/**
 * The text of a file with these variables: lines that set one are replaced, the rest is added at
 * the end. Values are those that need no quotes: addresses and tokens.
 */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const left = new Map(Object.entries(variables));
  const lines = text.split("\n").map((line) => {
    const [, start, name] = /^(\s*(?:export\s+)?)([\w.]+)\s*=/.exec(line) ?? [];
    const value = name === undefined ? undefined : variables[name];
    if (value === undefined) return line;
    left.delete(name!);
    return `${start}${name}=${value}${line.endsWith("\r") ? "\r" : ""}`;
  });
  const kept = lines.join("\n");
  const added = [...left].map(([name, value]) => `${name}=${value}\n`).join("");
  return kept === "" || kept.endsWith("\n") || added === "" ? kept + added : `${kept}\n${added}`;
}
