import { badRange } from "./query_string.ts";

/** A part of the rows. */
export interface Page {
  readonly limit?: number;
  readonly offset: number;
}

/**
 * The rows that both the query string and the header `Range` want.
 * @param header such as `0-9` or `items=10-`
 * @throws {DataApiError} 416 PGRST103 for a range that ends before it begins
 */
export function pageOf(
  { limit, offset = 0 }: { readonly limit?: number; readonly offset?: number },
  header: string | undefined,
): Page {
  const [, first, last] = /^(?:items=)?(\d{1,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === undefined) return { limit, offset };
  if (last && Number(last) < Number(first)) {
    throw badRange(
      "The lower boundary must be lower than or equal to the upper boundary in the Range header.",
    );
  }
  const from = Math.max(offset, Number(first));
  const ends = [
    limit === undefined ? Infinity : offset + limit,
    last ? Number(last) + 1 : Infinity,
  ];
  const end = Math.min(...ends);
  return { offset: from, limit: end === Infinity ? undefined : Math.max(0, end - from) };
}

/** The header `Content-Range`. */
export function contentRange(offset: number, count: number, total: number | undefined): string {
  const range = count > 0 && total !== 0 ? `${offset}-${offset + count - 1}` : "*";
  return `${range}/${total ?? "*"}`;
}
