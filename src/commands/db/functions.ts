import { catalogCommand } from "./catalog.ts";

/** How much of a function's source its row shows; `--json` has all of it. */
const SHOWN_COLUMNS = 60;

/** `insforge db functions`: lists the functions of schema `public`. */
export const functions = catalogCommand("functions", [
  ["Name", "functionName"],
  ["Definition", ({ functionDef }) => shorten(functionDef)],
  ["Kind", "kind"],
]);

function shorten(source: unknown): unknown {
  if (typeof source !== "string") return source;
  const line = source.replaceAll(/\s+/g, " ").trim();
  return line.length > SHOWN_COLUMNS ? `${line.slice(0, SHOWN_COLUMNS - 1)}…` : line;
}
