/** Files of `KEY=value` lines. */
import { placeOf, type TypedPaths } from "./typed_path.ts";
import { cannotRead, readFileIfPresent } from "./read_file.ts";

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
    throw cannotRead(path, error);
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

/**
 * The numbers, from 1, of lines that nothing is read from, such as those of a key over several
 * lines without quotes around it.
 */
export function unreadLines(text: string): number[] {
  const unread: number[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (let index = 0; index < lines.length; index++) {
    const [entry, quote, start] =
      /^\s*(?:export\s+)?[\w.-]+(?:\s*=|:\s)\s*(?:(["'`])(.*))?/.exec(lines[index]!) ?? [];
    if (quote && start !== undefined && !start.includes(quote)) {
      const end = lines.findIndex((line, at) => at > index && line.includes(quote));
      if (end > 0) index = end;
    } else if (entry === undefined && /^\ufeff?\s*[^#\s]/.test(lines[index]!)) {
      unread.push(index + 1);
    }
  }
  return unread;
}
