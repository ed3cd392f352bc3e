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
  const links: string[] = [];
  const anchor = /<a(?=[\s/])/gi;
  while (anchor.test(html)) {
    ATTRIBUTE.lastIndex = anchor.lastIndex;
    for (let found = ATTRIBUTE.exec(html); found; found = ATTRIBUTE.exec(html)) {
      anchor.lastIndex = ATTRIBUTE.lastIndex;
      const [, name, double, single] = found;
      if (name?.toLowerCase() === "href") links.push(decoded(double ?? single ?? "").trim());
    }
  }
  return [...new Set(links)].filter((link) => /^https?:\/\//i.test(link));
}

/** The words of a mail, a line for each paragraph. */
export function textOf(html: string): string {
  let words = "";
  for (const { before, tag } of partsOf(html)) {
    words += before.replace(/\s+/g, " ") + (BREAK.test(tag) ? "\n" : "");
  }
  return decoded(words).split("\n").map((line) => line.trim()).filter(Boolean).join("\n");
}

/** An attribute of a tag, or what stands between two. */
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?|[\s"'/=]+/y;
/** The tags that begin a new line. */
const BREAK = /^<(br|\/p|\/div|\/h\d|\/li|\/tr)\b/i;
/** The elements that nobody reads. */
const HIDDEN = /^<(style|script|head)\b/i;

/**
 * The tags of a document and the texts before them; it is gone through once, whatever is in it, as
 * every user of an app may send mail.
 */
function* partsOf(html: string): Generator<{ before: string; tag: string }> {
  const endless = new Set<string>();
  for (let at = 0;;) {
    const open = html.indexOf("<", at);
    const close = open < 0 ? -1 : html.indexOf(">", open);
    if (close < 0) return yield { before: html.slice(at), tag: "" };
    const tag = html.slice(open, close + 1);
    yield { before: html.slice(at, open), tag };
    at = close + 1;
    const hidden = HIDDEN.exec(tag)?.[1]?.toLowerCase();
    if (hidden === undefined || endless.has(hidden)) continue;
    const end = new RegExp(`</${hidden}>`, "gi");
    end.lastIndex = at;
    if (end.test(html)) at = end.lastIndex;
    else endless.add(hidden);
  }
}

function decoded(text: string): string {
  return text.replace(/&(\w+|#39);/g, (whole, name) => ENTITIES[name] ?? whole);
}
