import { catalogCommand } from "./catalog.ts";

/** `insforge db functions`: lists the functions of schema `public`. */
export const functions = catalogCommand("functions", [
  ["Name", "functionName"],
  // One line; a terminal shows as much as fits, a pipe has all of it.
  ["Definition", ({ functionDef }) => inOneLine(functionDef)],
  ["Kind", "kind"],
]);

function inOneLine(source: unknown): unknown {
  return typeof source === "string" ? source.replaceAll(/\s+/g, " ").trim() : source;
}
