/**
 * What hostile input is made of, and how the property-based tests (`tests/properties`) run.
 *
 * `scripts/test` runs each property on a fixed seed. `INSFORGE_PROPERTY_FACTOR=20` multiplies the
 * cases of each (more than 10,000 in all, as the nightly workflow does) and takes a new seed at
 * every run. A failure prints its seed and the smallest input that fails;
 * `INSFORGE_PROPERTY_SEED=<seed>`, with the same factor, runs the same cases again.
 */
import fc from "fast-check";

export { fc };

const SEED = 20_250;
const factor = Number(Deno.env.get("INSFORGE_PROPERTY_FACTOR") ?? 1);
const seed = Deno.env.get("INSFORGE_PROPERTY_SEED");

/**
 * Holds a property against `cases` inputs, times the factor; throws with seed and smallest input.
 */
export async function holds<T extends unknown[]>(
  arbitraries: readonly [...{ [K in keyof T]: fc.Arbitrary<T[K]> }],
  cases: number,
  property: (...values: T) => void | boolean | Promise<void | boolean>,
  examples: NoInfer<T>[] = [],
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.tuple<T>(...arbitraries), async (values) => await property(...values)),
    {
      numRuns: Math.ceil(cases * factor),
      seed: seed !== undefined ? Number(seed) : factor === 1 ? SEED : undefined,
      examples: examples.map((values) => [values]),
    },
  );
}

/**
 * Sequences that a terminal acts on: colours, cursor, title, links, C1 controls, bidi overrides.
 */
export const TERMINAL_SEQUENCES = [
  "\x1b[31m",
  "\x1b[2J\x1b[H",
  "\x1b]0;title\x07",
  "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
  "\x1b]52;c;aGk=\x07",
  "\x1bc",
  "\x1bP+q544e\x1b\\",
  "\x9b31m",
  "\x9d0;title\x9c",
  "\x84\x85\x8d",
  "\u202eevil",
  "\u2066x\u2069",
  "a\rb",
  "\x07\x08\x7f\0",
] as const;

/** Texts that have broken programs before. */
export const NASTY_TEXTS = [
  ...TERMINAL_SEQUENCES,
  "",
  " ",
  ".",
  "..",
  "-",
  "--",
  "--json",
  "-y",
  "--=x",
  "../../etc/passwd",
  "..\\..\\x",
  "%2e%2e%2f",
  "%2f",
  "%00",
  "%",
  "%zz",
  "/",
  "//",
  "\\",
  "a//b",
  "a/./b",
  "?",
  "#",
  "a?b#c",
  "a&b=c",
  "+",
  "'",
  '"',
  "''; DROP TABLE x; --",
  "$$",
  "$1",
  "\\'",
  "E'\\''",
  "`id`",
  "$(id)",
  "__proto__",
  "constructor",
  "toString",
  "con",
  "NUL.txt",
  "aux",
  "COM1",
  "a.",
  "a ",
  "a:b",
  "null",
  "undefined",
  "NaN",
  "Infinity",
  "1e400",
  "-0",
  "0x10",
  "9223372036854775807",
  "-9223372036854775809",
  "\ufeff",
  "\u200f\u05d0",
  "e\u0301",
  "\ud83d\udc69\u200d\ud83d\ude80",
  "\ud800",
  "\udc00x",
  "\uffff",
  "\u2028",
  "a\nb",
  "a\r\nb",
  "\t",
  "x".repeat(300),
] as const;

/** Any text: ordinary, nasty, or pieces of both joined; lone surrogates and NUL included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NASTY_TEXTS),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.array(
    fc.oneof(fc.constantFrom(...NASTY_TEXTS), fc.string({ maxLength: 8 })),
    { minLength: 2, maxLength: 5 },
  ).map((parts) => parts.join("")),
);

/** Any text that an argument or an environment variable of a process can hold. */
export const argumentText: fc.Arbitrary<string> = anyText
  .map((text) => text.toWellFormed().replaceAll("\0", ""));

/** Text with something in it that a terminal would act on. */
export const terminalText: fc.Arbitrary<string> = fc
  .tuple(fc.string({ maxLength: 5 }), fc.constantFrom(...TERMINAL_SEQUENCES), anyText)
  .map((parts) => parts.join(""));

/** Numbers at the edges of what fields hold, as text. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "0",
    "-0",
    "-1",
    "1.5",
    "1e3",
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "0x10",
    "0b1",
    "1_000",
    " 1",
    "1 ",
    "",
    "٣",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "9".repeat(400),
  ),
  fc.bigInt().map(String),
  fc.double().map(String),
);

/** Any JSON value whose texts are hostile. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ stringUnit: "binary", maxDepth: 4 }),
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(anyText, fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(anyText, tie("value"), { maxKeys: 4 }),
    ),
  })).value,
);
