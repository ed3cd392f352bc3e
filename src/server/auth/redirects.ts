/** Characters that make a pattern out of a URL. */
const GLOB = /\*\*|\*|\?|\[[^\]]*\]/g;

/**
 * Whether a URL is one that an entry of the redirect allow-list names: `*` stands for anything but
 * a slash, `**` for anything, `?` for one character but a slash, `[a-z]` and `[!a-z]` for one of
 * these or none of them. No address with a user's name is named.
 */
export function matchesUrl(pattern: string, url: string): boolean {
  // A name before an `@` would take the place of the host: `https://app-x@evil.host`.
  const target = hasCredentials(url) ? undefined : normalized(url);
  const source = target && sourceOf(pattern);
  return source ? new RegExp(`^${source}$`, "s").test(target) : false;
}

function hasCredentials(url: string): boolean {
  const { username, password } = URL.parse(url) ?? {};
  return Boolean(username || password);
}

/** The regular expression of a pattern, whose literal parts are written as URLs are. */
function sourceOf(pattern: string): string | undefined {
  const wildcards: string[] = [];
  const literal = pattern.replace(GLOB, (wildcard) => {
    wildcards.push(wildcard);
    return `zzglob${wildcards.length - 1}zz`;
  });
  const url = normalized(literal);
  if (!url) return undefined;
  return url.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")
    .replace(/zzglob(\d+)zz/g, (_, index) => wildcardSource(wildcards[Number(index)]!));
}

function wildcardSource(wildcard: string): string {
  if (wildcard === "**") return ".*";
  if (wildcard === "*") return "[^/]*";
  if (wildcard === "?") return "[^/]";
  const inner = wildcard.slice(1, -1);
  // The brackets of an IPv6 address are no choice of characters.
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(inner)) {
    return `\\[${inner.toLowerCase().replaceAll(".", "\\.")}\\]`;
  }
  const negated = /^[!^]/.test(inner);
  const choice = inner.slice(negated ? 1 : 0).replace(/[\\\]^[]/g, "\\$&");
  return choice === "" ? "[]" : `[${negated ? "^/" : ""}${choice}]`;
}

function normalized(url: string): string | undefined {
  return URL.parse(url)?.href.replace(/\/$/, "");
}
