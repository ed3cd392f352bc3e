/** What people look for in a mail of an app: the code to type, the link to follow. */

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  nbsp: " ",
};

/** The codes of six digits in a mail, each once. @param text subject and words */
export function codesIn(text: string): string[] {
  return [...new Set(text.match(/(?<![\w#/=.-])\d{6}(?![\w/-]|\.\d)/g))];
}

/** The addresses of web pages that a mail links to, each once. */
export function linksIn(html: string): string[] {
  const links = html.matchAll(/<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi);
  return [
    ...new Set([...links].map(([, double, single]) => decoded(double ?? single ?? "").trim())),
  ]
    .filter((link) => /^https?:\/\//i.test(link));
}

/** The words of a mail, a line for each paragraph. */
export function textOf(html: string): string {
  const words = html.replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/\s+/g, " ")
    .replace(/<(br|\/p|\/div|\/h\d|\/li|\/tr)\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, "");
  return decoded(words).split("\n").map((line) => line.trim()).filter(Boolean).join("\n");
}

function decoded(text: string): string {
  return text.replace(/&(\w+|#39);/g, (whole, name) => ENTITIES[name] ?? whole);
}
