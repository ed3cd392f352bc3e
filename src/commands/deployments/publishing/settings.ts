/** The options of a deployment, checked before the first request. */
import { UsageError } from "../../../core/errors.ts";
import { isKeptNumber } from "../../../core/exact_json.ts";
import { parseJson, parseJsonObject } from "../../../cli/input.ts";
import type { EnvVar } from "../../../shared/contract/backend.ts";

/**
 * The variables of `--env`: a JSON object, or a list of `{key, value}`.
 * @throws {UsageError}
 */
export function parseEnvOption(text: string | undefined): EnvVar[] | undefined {
  if (text === undefined) return undefined;
  const parsed = parseJson(text, "--env");
  const entries = Array.isArray(parsed)
    ? parsed.map((entry) => [entry?.key, entry?.value] as const)
    : Object.entries(parseJsonObject(text, "--env"));
  const seen = new Set<string>();
  return entries.map(([key, value]) => {
    if (typeof key !== "string" || key.trim() === "") {
      throw new UsageError("--env has an entry without a key.", { hint: EXAMPLE });
    }
    if (seen.has(key)) throw new UsageError(`--env has ${key} twice.`);
    seen.add(key);
    return { key, value: textOf(value, `--env ${key}`) };
  });
}

/** The texts of `--meta`. @throws {UsageError} */
export function parseMetaOption(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(parseJsonObject(text, "--meta"))
      .map(([name, value]) => [name, textOf(value, `--meta ${name}`)]),
  );
}

const EXAMPLE = `Such as --env '{"VITE_API_URL": "https://api.example.com"}'.`;

function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (isKeptNumber(value)) return JSON.stringify(value);
  throw new UsageError(`${what} must be a text, a number, true or false.`, { hint: EXAMPLE });
}
