/** The first line of a dump, by which it is known again. */

/** What a title says of a dump. */
interface Titled {
  readonly part: "all" | "schema" | "data";
  readonly tables?: readonly string[];
  readonly excluded?: readonly string[];
}

const TITLE =
  /^-- (?:A (?:complete )?dump|The schema|The rows) of (?:the|some tables of the) database, for /;

/** What an SQL dump is, as a sentence. */
export function titleOf({ part, tables, excluded }: Titled): string {
  const isWhole = tables === undefined && excluded === undefined;
  const what = isWhole ? "the database" : "some tables of the database";
  switch (part) {
    case "all":
      return `A ${isWhole ? "complete " : ""}dump of ${what}, for an empty one.`;
    case "schema":
      return `The schema of ${what}, for an empty one.`;
    case "data":
      return `The rows of ${what}, for one that has its tables without rows.`;
  }
}

/** Whether a text begins as dumps do, also those of the backend's own export. */
export function hasTitle(beginning: string): boolean {
  return TITLE.test(beginning) || /^-- Export of the database, /.test(beginning);
}
