import { DataApiError } from "../postgrest_error.ts";

/** The preferences that the data API knows, and the values that they may have. */
const KNOWN: Readonly<Record<string, RegExp>> = {
  resolution: /^(merge-duplicates|ignore-duplicates)$/,
  missing: /^(default|null)$/,
  return: /^(representation|headers-only|minimal)$/,
  count: /^(exact|planned|estimated)$/,
  tx: /^(commit|rollback)$/,
  handling: /^(strict|lenient)$/,
  timezone: /^.+$/,
  "max-affected": /^\d{1,9}$/,
};

/** The header `Prefer`, by the names of its preferences. */
export type Preferences = ReadonlyMap<string, string>;

/**
 * Reads the header `Prefer`; of several values of one preference the first counts.
 * @throws {DataApiError} 400 PGRST122 for what is unknown, with `handling=strict`
 */
export function parsePrefer(header: string | undefined): Preferences {
  const given = (header ?? "").split(",").map((word) => word.trim()).filter(Boolean);
  const preferences = new Map<string, string>();
  const unknown: string[] = [];
  for (const word of given) {
    const [name = "", value = ""] = word.split(/=(.*)/s);
    const isKnown = Object.hasOwn(KNOWN, name) && KNOWN[name]!.test(value) &&
      (name !== "timezone" || isTimeZone(value));
    if (!isKnown) unknown.push(word);
    else if (!preferences.has(name)) preferences.set(name, value);
  }
  if (unknown.length > 0 && preferences.get("handling") === "strict") {
    throw new DataApiError(
      400,
      "PGRST122",
      "Invalid preferences given with handling=strict",
      `Invalid preferences: ${unknown.join(", ")}`,
    );
  }
  return preferences;
}

/** How many rows a change may touch; `max-affected` counts with `handling=strict` alone. */
export function maxAffected(preferences: Preferences): number | undefined {
  const value = preferences.get("max-affected");
  return value !== undefined && preferences.get("handling") === "strict"
    ? Number(value)
    : undefined;
}

/**
 * The header `Preference-Applied`.
 * @param applicable the preferences that mean something to this request
 */
export function appliedPreferences(
  preferences: Preferences,
  applicable: readonly string[],
): string | undefined {
  const applied = Object.keys(KNOWN).filter((name) =>
    preferences.has(name) && applicable.includes(name) &&
    (name !== "max-affected" || preferences.get("handling") === "strict")
  );
  return applied.map((name) => `${name}=${preferences.get(name)}`).join(", ") || undefined;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
