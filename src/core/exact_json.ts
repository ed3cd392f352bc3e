/** JSON whose numbers stay what they were. */

type Source = { readonly source?: string };
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: Source) => unknown): unknown;
  rawJSON(text: string): unknown;
}

/**
 * Parses JSON; a number that JavaScript cannot hold exactly becomes a value that `JSON.stringify`
 * writes as it stood.
 * @throws {SyntaxError}
 */
export function parseExactJson(text: string): unknown {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text);
  const { parse, rawJSON } = JSON as unknown as ExactJson;
  return parse(
    text,
    (_, value, { source }) =>
      typeof value === "number" && source !== undefined && !isExact(value, source)
        ? rawJSON(source)
        : value,
  );
}

/** What every number has that JavaScript might change: most texts have none, and are read fast. */
const MAY_BE_INEXACT = /[\d.]{16}|\de/i;

/**
 * Up to 15 digits survive; beyond that a number survives when its shortest form is what stood
 * there.
 */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  return source.replace(/[-.]|e.*$/gi, "").length <= 15 || String(value) === source;
}
