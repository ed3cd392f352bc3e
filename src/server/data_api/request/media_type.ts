import { DataApiError } from "../postgrest_error.ts";

/** How rows are answered. */
export interface Representation {
  readonly kind: "array" | "object" | "csv";
  /** Whether keys without a value are left out. */
  readonly isStripped: boolean;
  readonly contentType: string;
}

const JSON_TYPE = "application/json";
const ARRAY: Representation = {
  kind: "array",
  isStripped: false,
  contentType: `${JSON_TYPE}; charset=utf-8`,
};
const CSV: Representation = {
  kind: "csv",
  isStripped: false,
  contentType: "text/csv; charset=utf-8",
};
const VENDOR = "application/vnd.pgrst.";

/**
 * Chooses what the header `Accept` wants most of what can be had.
 * @throws {DataApiError} 406 PGRST107 for GeoJSON, which needs PostGIS, and everything else
 */
export function negotiate(accept: string | undefined): Representation {
  const wanted = mediaRanges(accept);
  if (wanted.length === 0) return ARRAY;
  for (const { type, parameters } of wanted) {
    if (["*/*", "application/*", JSON_TYPE].includes(type)) return ARRAY;
    if (type === "text/csv" || type === "text/*") return CSV;
    if (type === `${VENDOR}object+json` || type === `${VENDOR}object`) {
      return vendor("object", parameters);
    }
    if (type === `${VENDOR}array+json` || type === `${VENDOR}array`) {
      return parameters.includes("nulls=stripped") ? vendor("array", parameters) : ARRAY;
    }
  }
  throw new DataApiError(
    406,
    "PGRST107",
    `None of these media types are available: ${wanted.map(({ type }) => type).join(", ")}`,
    null,
    `These are: ${JSON_TYPE}, ${VENDOR}object+json, text/csv`,
  );
}

/** The media ranges of a header `Accept`, those wanted most first. */
function mediaRanges(
  accept: string | undefined,
): { type: string; parameters: string[] }[] {
  return (accept ?? "").split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return { type, parameters, quality: quality === undefined ? 1 : Number(quality) };
  }).filter(({ type }) => type !== "").sort((a, b) => b.quality - a.quality);
}

function vendor(kind: "array" | "object", parameters: readonly string[]): Representation {
  const isStripped = parameters.includes("nulls=stripped");
  const suffix = isStripped ? ";nulls=stripped" : "";
  return { kind, isStripped, contentType: `${VENDOR}${kind}+json${suffix}; charset=utf-8` };
}
