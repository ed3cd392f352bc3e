/** What PostgreSQL did not find. */
export interface NotFound {
  readonly kind: string;
  /** With its schema, where the statement has it. */
  readonly name: string;
}

const NOT_FOUND =
  /(?:^|: )(function|relation|type|operator class|schema) "?([\w.]+)"?(?:\(.*\))? does not exist/;

/** Reads it out of a message of PostgreSQL, alone or behind what a backend puts in front. */
export function notFoundIn(message: string): NotFound | undefined {
  const [, kind, name] = NOT_FOUND.exec(message) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind, name };
}
