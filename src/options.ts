/** Values of options that more than one command takes, checked before any request. */
import { UsageError } from "./errors.ts";

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

/** A whole number of at least `least`. @throws {UsageError} that names the option */
export function wholeNumberOption(
  value: number | undefined,
  option: string,
  least: number,
): number | undefined {
  if (value === undefined || value >= least) return value;
  throw new UsageError(`${option} must be at least ${least}; it is ${value}.`);
}
