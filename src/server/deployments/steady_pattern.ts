/** Patterns of a site, which came with whatever was cloned, against what any visitor asks for. */

/** What V8 cannot match without going back: what looks around, or refers back. */
const GOES_BACK = /\(\?<?[=!]|\\[1-9]|\\k</;
/** What `path-to-regexp` makes of a name: nothing in it can be matched in two ways. */
const SEGMENT = "[^\\/#\\?]+?";
/** The most repetitions: each multiplies the time by the length of the text. */
const MOST_REPEATS = 3;

/** Characters of the longest path, or other text of a request, that patterns are tried on. */
export const LONGEST_TEXT = 2_000;

/**
 * Lets a pattern pass that is matched in a time that no visitor chooses. Where V8 went back often,
 * it goes on in linear time (scripts/release/v8_flags.ts); what it cannot match so may neither
 * repeat what varies, nor repeat much. `part` is named in errors.
 * @throws {Error}
 */
export function requireSteady(expression: RegExp, part: string): RegExp {
  const { source, ignoreCase } = expression;
  if (!ignoreCase && !GOES_BACK.test(source)) return expression;
  // Escaped characters and sets are as good as any other.
  const plain = source.replaceAll(SEGMENT, "x").replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/gs, "x");
  const repeats = plain.match(/[*+]|\{\d+,/g)?.length ?? 0;
  if (repeats <= MOST_REPEATS && !repeatsWhatVaries(plain)) return expression;
  throw new Error(`${part} has a pattern that can take for ever: ${source}`);
}

/** Whether a group is repeated that can match the same text in several ways. */
function repeatsWhatVaries(plain: string): boolean {
  const open: boolean[] = [];
  let varies = false;
  for (let at = 0; at < plain.length; at++) {
    const character = plain[at]!;
    if (character === "(") {
      open.push(varies);
      varies = false;
    } else if (character === ")") {
      if (varies && /^(?:[*+]|\{\d+)/.test(plain.slice(at + 1))) return true;
      varies = open.pop() || varies;
    } else if (/[*+|]/.test(character) || /^\{\d+,/.test(plain.slice(at))) {
      varies = true;
    }
  }
  return false;
}
