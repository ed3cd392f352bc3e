/** Values of options that more than one command takes, checked before any request. */
import { UsageError } from "../core/errors.ts";

/** `true` or `false`, and nothing else. @throws {UsageError} that names the option */
export function booleanOption(value: string | undefined, option: string): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === "true" || value === "false") return value === "true";
  throw new UsageError(`${option} is true or false; it is ${JSON.stringify(value)}.`);
}

/** A point in time as ISO 8601 in UTC. @throws {UsageError} that names the option */
export function dateOption(value: string | undefined, option: string): string | undefined {
  if (value === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new UsageError(`${option} is no date: ${JSON.stringify(value)}.`, {
    hint: "Give it as in 2027-01-31T12:00:00Z.",
  });
}

/** A whole number from `least` to `most`. @throws {UsageError} that names the option */
export function wholeNumberOption(
  value: number | undefined,
  option: string,
  least: number,
  most = Infinity,
): number | undefined {
  if (value === undefined || (value >= least && value <= most)) return value;
  const range = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${option} must be ${range}; it is ${value}.`);
}

/** A value that has something in it. @throws {UsageError} that names the option */
export function filledOption(value: string | undefined, option: string): string | undefined {
  if (value === undefined || value.trim() !== "") return value;
  throw new UsageError(`${option} is empty.`, { hint: "Leave it out, or give it a value." });
}

/**
 * A value that nothing stands in for, neither a link nor the environment.
 * @throws {UsageError} that names the option
 */
export function requiredOption(value: string | undefined, option: string, hint: string): string {
  const given = filledOption(value, option);
  if (given !== undefined) return given;
  throw new UsageError(`Missing ${option}.`, { hint });
}

/** A port; 0 stands for any free one. @throws {UsageError} */
export function portOption(value: number | undefined): number | undefined {
  return wholeNumberOption(value, "--port", 0, 65535);
}

/** One of the given words. @throws {UsageError} that names the option and the words */
export function choiceOption<Word extends string>(
  value: string | undefined,
  option: string,
  words: readonly Word[],
): Word | undefined {
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found) return found;
  throw new UsageError(`${option} is none of ${words.join(", ")}: ${JSON.stringify(value)}.`);
}
