/** Secrets that are written in source code: what services give their keys to be known by. */

const KINDS: readonly (readonly [string, RegExp])[] = [
  ["a key of InsForge", /\b(?:ik|uak)_[\w-]{20,}/],
  ["a secret key of Stripe", /\b(?:sk|rk)_live_\w{16,}|\bwhsec_\w{24,}/],
  ["a key of OpenAI or Anthropic", /\bsk-(?:proj-|ant-)?[\w-]{32,}/],
  ["an access key of AWS", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a token of GitHub", /\bgh[pousr]_\w{36,}|\bgithub_pat_\w{40,}/],
  ["a token of Slack", /\bxox[abprs]-[\w-]{20,}/],
  ["a key of Google", /\bAIza[\w-]{35}\b/],
  // With a line of what it holds: code that reads such keys has the title alone.
  [
    "a private key",
    /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?:\\[rn]|[\s"'`+])*(?:Proc-Type:|[A-Za-z\d+/]{40})/,
  ],
  [
    "a password in an address",
    /\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis):\/\/[^\s:/@"']+:[^\s@"'${]+@/,
  ],
];

/** Where one was found; never what it is. */
export interface FoundSecret {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
}

/** Looks through files by their names. */
export function secretsIn(sources: Readonly<Record<string, string>>): FoundSecret[] {
  return Object.entries(sources).flatMap(([file, text]) =>
    text.split("\n").flatMap((line, index, lines) => {
      const withNext = `${line}\n${lines[index + 1] ?? ""}`;
      return KINDS.filter(([, pattern]) =>
        (pattern.exec(withNext)?.index ?? Infinity) < line.length
      )
        .map(([kind]) => ({ file, line: index + 1, kind }));
    })
  );
}
