/** Takes out of a text what says who somebody is, or lets somebody in. */

/** What is found, and what stands there instead. */
const PRIVATE: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "[key]"],
  // What stands before the host of an address.
  [/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@]+@/gi, "$1[credentials]@"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, "$1 [token]"],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[token]"],
  // Keys by how they begin: InsForge's own, Stripe's, GitHub's, npm's, Slack's, Google's, AWS's.
  [/\b(ik|anon|uak|whsec|npm|github_pat|gh[a-z]|(sk|pk|rk)_(live|test))_\w{8,}/g, "[key]"],
  [/\b(sk-[\w-]{12,}|xox[a-z]-[\w-]{8,}|AIza[\w-]{20,}|(AKIA|ASIA)[A-Z\d]{12,})/g, "[key]"],
  // A name that says that it is secret, and its value.
  [
    /([\w-]*(password|passwd|secret|token|api[_-]?key|private[_-]?key)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s"',;&]+)/gi,
    "$1[secret]",
  ],
  [/[\w.%+-]+@[\w-]+(\.[\w-]+)+/g, "[email]"],
  [/([A-Z]:[\\/]Users|\/Users|\/home)[\\/][^\s\\/:"']+/gi, "~"],
];

/** The text without what is private in it, as far as that can be told. */
export function withoutSecrets(text: string): string {
  return PRIVATE.reduce((left, [found, instead]) => left.replace(found, instead), text);
}

/** The beginning and the end of a text that is longer than `most` characters. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const gap = " […] ";
  const half = Math.floor((most - gap.length) / 2);
  return text.slice(0, half) + gap + text.slice(text.length - half);
}
