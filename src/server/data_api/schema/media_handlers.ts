/** The name of a domain whose handler answers requests for any media type. */
export const ANY_TYPE = "*/*";

/**
 * An aggregate that makes a body of a media type from rows: its result is a domain that is named
 * like the media type (PostgREST's media type handlers).
 */
export interface MediaHandler {
  readonly name: string;
  /** In lower case, or {@link ANY_TYPE}. */
  readonly mediaType: string;
  /** Number of the table whose rows it takes, `0` when it takes those of any. */
  readonly takesRelation: string;
  /** Whether its result is bytes. */
  readonly isBinary: boolean;
}
