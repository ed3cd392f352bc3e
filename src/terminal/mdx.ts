/** What documentation sites add to Markdown, taken back to what a terminal can show. */

const FENCE = /^\s*(`{3,}|~{3,})/;
const IMPORT = /^(import|export)\s.*(from\s+["'].+["'];?|=.+)$/;
/**
 * A line that is nothing but a component's tag: `<Step title="Install">`, `</Step>`, `<Card />`.
 */
const COMPONENT = /^\s*<(\/?)([A-Z][\w.]*)([^<>]*?)\/?>\s*$/;

/**
 * Makes plain Markdown of MDX: front matter becomes a title and a first paragraph, imports go,
 * components leave their title and what they hold. Plain Markdown stays as it is.
 */
export function plainMarkdown(text: string): string {
  const { front, body } = splitFrontMatter(text.replaceAll("\r\n", "\n"));
  const lines: string[] = [];
  let fence = "";
  let depth = 0;
  for (const line of body.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (mark && (fence === "" || mark.startsWith(fence))) fence = fence === "" ? mark : "";
    const tag = fence === "" ? COMPONENT.exec(line) : null;
    if (tag) {
      const [, closes, , attributes = ""] = tag;
      const isAlone = line.trimEnd().endsWith("/>");
      depth = Math.max(0, depth + (closes ? -1 : isAlone ? 0 : 1));
      const title = /\btitle=["{]+([^"}]+)["}]/.exec(attributes)?.[1];
      lines.push("", ...title ? [`**${title}**`, ""] : []);
    } else if (fence !== "" || mark || !IMPORT.test(line)) {
      lines.push(depth > 0 ? outdent(line, depth) : line);
    }
  }
  return [...front, ...lines].join("\n");
}

function splitFrontMatter(text: string): { front: string[]; body: string } {
  const match = /^---\n([\s\S]*?)\n---(?:\n|$)/.exec(text);
  if (!match) return { front: [], body: text };
  const value = (name: string) =>
    new RegExp(`^${name}:\\s*["']?(.+?)["']?\\s*$`, "m").exec(match[1]!)?.[1];
  const title = value("title");
  const description = value("description");
  return {
    front: [
      ...title ? [`# ${title}`, ""] : [],
      ...description ? [description, ""] : [],
    ],
    body: text.slice(match[0].length),
  };
}

/** Takes the indentation of a component away, which Markdown would take for code. */
function outdent(line: string, depth: number): string {
  const spaces = line.length - line.trimStart().length;
  return line.slice(Math.min(spaces, depth * 2));
}
