/** Files of variables, changed without touching what else is in them. */

/**
 * The text with these variables: lines that set one are replaced, the rest is added at the end.
 * Values are those that need no quotes: addresses and tokens.
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
