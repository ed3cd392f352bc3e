/** JSON whose numbers stay what they were. */

type Source = { readonly source?: string };
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: Source) => unknown): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}

/**
 * Parses JSON; a number that JavaScript would write otherwise, such as `1.0`, `1e2` or one of many
 * digits, becomes a value that `JSON.stringify` writes as it stood: {@link isKeptNumber}.
 * @throws {SyntaxError}
 */
export function parseExactJson(text: string): unknown {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text);
  const { parse, rawJSON } = JSON as unknown as ExactJson;
  return parse(
    text,
    (_, value, { source }) =>
      typeof value === "number" && source !== undefined && String(value) !== source
        ? rawJSON(source)
        : value,
  );
}

/** Whether a value, which is an object to JavaScript, is a number kept as it stood. */
export function isKeptNumber(value: unknown): boolean {
  return (JSON as unknown as ExactJson).isRawJSON(value);
}

/** Whether a value is what JSON calls an object: neither an array nor a number kept as it stood. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !isKeptNumber(value);
}

/**
 * What every number has that JavaScript writes otherwise: many digits, an exponent, zeros at the
 * end or at the beginning of its fraction, a sign before zero. Most texts have none, and are read
 * fast.
 */
const MAY_BE_INEXACT = /[\d.]{16}|\de|\.\d*0\b|\.0{6}|-0(?![.\d])/i;
