/** A plan for people. */
import { table, text, type View } from "../../terminal/view.ts";
import type { Change, Plan, SectionValues } from "./difference.ts";
import { pathOf, SMTP } from "./settings.ts";

/** What differs, and what of it the backend does not know. */
export function planView({ changes, skipped }: Plan): View[] {
  return [
    table(["Setting", "Now", "File"], changes.flatMap(rowsOf), "The backend is as the file says."),
    ...skippedView(skipped),
  ];
}

/** The settings that a backend does not have. */
export function skippedView(skipped: readonly string[]): View[] {
  return skipped.length === 0
    ? []
    : [text(`Passed over, as this backend does not have it: ${skipped.join(", ")}.`)];
}

/** A change in one line: setting, value, new value. */
export function rowsOf(change: Change): [string, string, string][] {
  if (change.section !== SMTP) {
    return [[pathOf(change), JSON.stringify(change.from), JSON.stringify(change.to)]];
  }
  const [from, to] = [change.from as SectionValues, change.to as SectionValues];
  return Object.keys(to)
    .filter((key) => key === "password" ? change.passwordEnvRef : from[key] !== to[key])
    .map((key) => [`${SMTP}.${key}`, JSON.stringify(from[key]), JSON.stringify(to[key])]);
}
