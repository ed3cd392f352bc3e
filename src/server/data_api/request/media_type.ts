import { DataApiError } from "../postgrest_error.ts";

/** How rows are answered. */
export interface Representation {
  readonly kind: "array" | "object" | "csv" | "custom";
  /** Whether keys without a value are left out. */
  readonly isStripped: boolean;
  readonly contentType: string;
  /** What makes the body of a custom one. */
  readonly custom?: CustomBody;
}

/** A body that a function or an aggregate of the schema's makes. */
export interface CustomBody {
  /** The media type that its domain is named like. */
  readonly mediaType: string;
  /** SQL over `_rows`. */
  readonly sql: string;
  /** Whether it is bytes. */
  readonly isBinary: boolean;
  /** Whether it is made from rows of the table's own type. */
  readonly takesTableRows?: boolean;
}

/** A media type that a request accepts. */
export interface MediaRange {
  readonly type: string;
  readonly parameters: readonly string[];
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
/** Media types whose answers name a charset, as PostgREST has them. */
const WITH_CHARSET = [
  JSON_TYPE,
  "application/geo+json",
  "application/openapi+json",
  "application/x-www-form-urlencoded",
  "text/csv",
  "text/plain",
  "text/xml",
];

/**
 * Chooses what a request wants most of what can be had.
 * @param customOf what the schema has for a media type
 * @throws {DataApiError} 406 PGRST107 for GeoJSON, which needs PostGIS, and everything else
 */
export function negotiate(
  accepted: readonly MediaRange[],
  customOf: (type: string) => CustomBody | undefined = () => undefined,
): Representation {
  const wanted = accepted.length > 0 ? accepted : [{ type: "*/*", parameters: [] }];
  for (const { type, parameters } of wanted) {
    if (type === `${VENDOR}object+json` || type === `${VENDOR}object`) {
      return vendor("object", parameters);
    }
    const isArray = type === `${VENDOR}array+json` || type === `${VENDOR}array`;
    if (isArray && parameters.includes("nulls=stripped")) return vendor("array", parameters);
    const plain = isArray ? JSON_TYPE : type;
    const custom = customOf(plain);
    if (custom) {
      const contentType = nameOf(custom.mediaType);
      return { kind: "custom", isStripped: false, contentType, custom };
    }
    if (["*/*", "application/*", JSON_TYPE].includes(plain)) return ARRAY;
    if (plain === "text/csv" || plain === "text/*") return CSV;
  }
  throw new DataApiError(
    406,
    "PGRST107",
    `None of these media types are available: ${wanted.map(({ type }) => type).join(", ")}`,
    null,
    `These are: ${JSON_TYPE}, ${VENDOR}object+json, text/csv`,
  );
}

/** What an answer says that it is. */
function nameOf(type: string): string {
  if (type === "*/*") return "application/octet-stream";
  return WITH_CHARSET.includes(type) ? `${type}; charset=utf-8` : type;
}

/** The media ranges of a header `Accept`, those wanted most first. */
export function mediaRanges(accept: string | undefined): MediaRange[] {
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
