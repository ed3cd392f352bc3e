/** Finds the statement that a backend refused without naming it. */
import { importSql } from "../../../client/backend/database.ts";
import type { HttpClient } from "../../../client/http.ts";
import { HttpError } from "../../../core/errors.ts";
import { findSyntaxError } from "../../../client/backend/sql_error.ts";
import type { Place } from "./failure.ts";
import { literalTag } from "./literals.ts";
import type { Frame } from "./parts.ts";
import type { Piece } from "./piece.ts";

/** More than this is not sent for the sake of a line. */
const MOST_LENGTH = 8_000_000;

/** Statements that no backend runs and that no dump has (section 16.6 of the HTTP contract). */
const REFUSED =
  /^(?:DROP\s+(?:ROLE|USER|GROUP)|ALTER\s+SYSTEM|ALTER\s+(?:ROLE|USER|GROUP|DATABASE))\b/i;

/**
 * The place of the statement that an import failed at. Where the parser does not find it, the text
 * is sent once more in a transaction that fails in any case, with each statement telling its line.
 * @param line what the backend says: enough, unless many rows begin there
 */
export async function locateFailure(
  backend: HttpClient,
  statements: AsyncIterable<readonly Piece[]>,
  { head, truncate }: Pick<Frame, "head"> & { readonly truncate: boolean },
  error: HttpError,
  line?: number,
): Promise<Place | undefined> {
  if (error.status !== 400 && error.status !== 403) return undefined;
  if (line !== undefined && error.status === 403) return undefined;
  const pieces: Piece[] = [];
  let length = 0;
  for await (const some of statements) {
    pieces.push(...some);
    length += some.reduce((sum, { sql }) => sum + sql.length, 0);
    if (length > MOST_LENGTH) return undefined;
  }
  if (error.status === 403) {
    const refused = pieces.find(({ sql }) => REFUSED.test(sql));
    return refused
      ? { line: refused.line, statement: refused.sql }
      : await firstSyntaxError(pieces);
  }
  if (!/^Import failed: /.test(error.message)) return undefined;
  const place = line === undefined
    ? await ask(backend, pieces, head, truncate)
    : pieces.find((piece) => piece.insert !== undefined && piece.line === line);
  if (place?.insert === undefined) return place && placeOf(place);
  // Once more, for the row.
  const index = pieces.indexOf(place);
  const rows = await ask(backend, pieces.toSpliced(index, 1, ...singleRows(place)), head, truncate);
  return placeOf(rows ?? place);
}

function placeOf({ sql, line }: Piece): Place {
  return { line, statement: sql };
}

/** Many rows as an INSERT each; a row of several lines is followed by empty ones. */
function singleRows({ sql, line, insert = "" }: Piece): Piece[] {
  return sql.slice(insert.length).split("\n").flatMap((text, index) => {
    const row = text.trimStart().replace(/,$/, "");
    return row === "" ? [] : [{ sql: `${insert} ${row}`, line: line + index, isSetting: false }];
  });
}

async function firstSyntaxError(pieces: readonly Piece[]): Promise<Place | undefined> {
  for (const { sql, line } of pieces) {
    const found = await findSyntaxError(sql);
    if (!found) continue;
    const before = [...sql].slice(0, found.position - 1).join("");
    const { length } = before.split("\n");
    return { line: line + length - 1, statement: sql, message: capitalised(found.message) };
  }
}

function capitalised(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

/** The statement that the backend names when each adds its number to what PostgreSQL says. */
async function ask(
  backend: HttpClient,
  pieces: readonly Piece[],
  head: string,
  truncate: boolean,
): Promise<Piece | undefined> {
  const text = [
    head,
    ...pieces.map((piece, index) => piece.isSetting ? `${piece.sql}\n;` : telling(piece, index)),
    // Nothing of it may stay, whatever happens.
    "DO $end$BEGIN RAISE EXCEPTION 'insforge: nothing failed'; END$end$;",
  ].join("\n");
  const bytes = new TextEncoder().encode(text);
  const file = { name: "line.sql", size: bytes.length, open: () => ReadableStream.from([bytes]) };
  try {
    await importSql(backend, file, { truncate });
  } catch (error) {
    if (!(error instanceof HttpError)) return undefined;
    return pieces[Number(/insforge: statement (\d+)/.exec(error.message)?.[1] ?? -1)];
  }
}

function telling({ sql }: Piece, index: number): string {
  const [outer, inner] = [literalTag(sql, "do"), literalTag(sql, "sql")];
  return `DO ${outer}BEGIN EXECUTE ${inner}${sql}${inner}; EXCEPTION WHEN OTHERS THEN ` +
    `RAISE EXCEPTION 'insforge: statement ${index}: %', SQLERRM; END${outer};`;
}
