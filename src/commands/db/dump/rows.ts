/** Reads the rows of a table page by page, each row as text that is ready for the dump. */
import type { Column, Table } from "./objects.ts";
import type { Source } from "../../../client/backend/source.ts";

/** How a row becomes text: an SQL expression over the columns of `r`. */
export type RowFormat = (table: Table) => string;

/** Some rows, in their order. */
export interface Page {
  readonly rows: readonly string[];
  /** The sum of the rows' hashes, as PostgreSQL computes them: see {@link fingerprint}. */
  readonly hash: bigint;
}

/** Rows that were read or counted, whatever their order. */
export interface Fingerprint {
  readonly rows: number;
  readonly hash: bigint;
}

/**
 * Bytes, as stored and perhaps compressed, at which a page ends: never more than an answer may
 * hold.
 */
const PAGE_BYTES = 2_000_000;
/** The characters that a page should have; the next one is made larger or smaller to have them. */
const PAGE_LENGTH = 500_000;
const FIRST_ROWS = 500;
const MOST_ROWS = 20_000;
/** Of PostgreSQL's heap. */
const BLOCK_BYTES = 8_192;
const FIRST_BLOCKS = 16;
const MOST_BLOCKS = 2_048;

interface PageRow {
  readonly rows: readonly string[] | null;
  readonly hash: string | null;
  readonly last: readonly string[] | null;
  /** How many rows there were before the page was cut. */
  readonly found: number;
  /** Bytes of the table's heap. */
  readonly size: string;
}

/** The values of a row as the parenthesised list of an INSERT, exact in every type. */
export const insertValues: RowFormat = (table) =>
  `'(' || array_to_string(ARRAY[${
    writable(table).map(literal).join(", ") || "''"
  }]::text[], ', ') || ')'`;

/** A row as JSON: what JavaScript's numbers cannot hold is text. */
export const jsonObject: RowFormat = ({ columns }) =>
  `(SELECT row_to_json("page: json") FROM (SELECT ${
    columns.map(jsonValue).join(", ")
  }) "page: json")::text`;

/** The columns that can be given values. */
export function writable({ columns }: Table): Column[] {
  return columns.filter(({ isGenerated }) => !isGenerated);
}

/**
 * Reads all rows, by primary key where there is one and else in the order in which they are stored.
 * A row that moves between two pages can be missed or met twice: compare with {@link fingerprint}
 * afterwards.
 * @param limit the most rows to read
 */
export async function* readRows(
  source: Source,
  table: Table,
  format: RowFormat,
  limit = Infinity,
): AsyncGenerator<Page> {
  const pages = table.key.length > 0
    ? byKey(source, table, format)
    : byPlace(source, table, format);
  let left = limit;
  for await (const page of pages) {
    yield page.rows.length > left ? { ...page, rows: page.rows.slice(0, left) } : page;
    left -= page.rows.length;
    if (left <= 0) return;
  }
}

async function* byKey(source: Source, table: Table, format: RowFormat): AsyncGenerator<Page> {
  const key = table.key.map((name) => table.columns.find((column) => column.name === name)!);
  const order = key.map(({ quoted }) => `r.${quoted}`).join(", ");
  const values = key.map(({ baseType }, n) => `$${n + 1}::${baseType}`).join(", ");
  const last = key.map(({ quoted }) => `r.${quoted}::text`);
  let after: readonly string[] | undefined;
  let limit = FIRST_ROWS;
  while (true) {
    const where = after && `(${order}) > (${values})`;
    const sql = pageSql(table, format, { where, order, limit, last });
    const [page] = await source<PageRow>(sql, after);
    const { rows, hash, found } = page!;
    if (!rows) return;
    yield { rows, hash: BigInt(hash!) };
    if (rows.length === found && found < limit) return;
    after = page!.last!;
    limit = Math.min(MOST_ROWS, resized(rows.length, rows));
  }
}

async function* byPlace(source: Source, table: Table, format: RowFormat): AsyncGenerator<Page> {
  const sql = pageSql(table, format, {
    where: "r.ctid > $1::tid AND r.ctid < $2::tid",
    order: "r.ctid",
    last: [`${PLACE}::text`],
  });
  let after = "(0,0)";
  let blocks = FIRST_BLOCKS;
  while (true) {
    const end = blockOf(after) + blocks;
    const [page] = await source<PageRow>(sql, [after, `(${end},0)`]);
    const { rows, hash, last, found, size } = page!;
    if (rows) yield { rows, hash: BigInt(hash!) };
    if (rows && rows.length < found) after = last![0]!;
    else if (end * BLOCK_BYTES >= Number(size)) return;
    else after = `(${end},0)`;
    blocks = Math.min(MOST_BLOCKS, resized(blocks, rows ?? []));
  }
}

/** How many of them the next page should have, when this many had these rows. */
function resized(count: number, rows: readonly string[]): number {
  const length = rows.reduce((sum, row) => sum + row.length, 1);
  return Math.max(1, Math.round(count * Math.min(4, PAGE_LENGTH / length)));
}

/** The block of a place such as `(3,17)`. */
function blockOf(place: string): number {
  return Number(place.slice(1, place.indexOf(",")));
}

interface PageQuery {
  readonly where?: string;
  readonly order: string;
  readonly limit?: number;
  /** What the next page starts after, as a list of expressions over `r`. */
  readonly last: readonly string[];
}

/** Names for computed columns that no column of a table has. */
const NUMBER = 'r."page: number"';
const FOUND = 'r."page: found"';
const SIZE = 'r."page: size"';
const BEFORE = 'r."page: before"';
const PLACE = 'r."page: place"';
const TEXT = 'r."page: text"';
const LAST = 'r."page: last"';
const as = (column: string) => `AS ${column.slice(2)}`;

/**
 * Ends the page at PAGE_BYTES of stored values before any is turned into text: a value can be
 * large.
 */
function pageSql(table: Table, format: RowFormat, { where, order, limit, last }: PageQuery) {
  const columns = table.columns.map(({ quoted }) => `r.${quoted}`);
  const size = columns.map((column) => `coalesce(pg_column_size(${column}), 1)`);
  const window = order.replaceAll("r.ctid", PLACE);
  const isLast = `${NUMBER} = ${FOUND} OR ${BEFORE} + ${SIZE} >= ${PAGE_BYTES}`;
  return `
SELECT json_agg(${TEXT} ORDER BY ${NUMBER}) AS rows,
  sum(hashtextextended(${TEXT}, 0)::numeric)::text AS hash,
  min(${LAST})::json AS last, coalesce(max(${FOUND}), 0)::int4 AS found,
  pg_relation_size('${table.quoted.replaceAll("'", "''")}')::text AS size
FROM (
  SELECT ${NUMBER}, ${FOUND}, ${format(table)} ${as(TEXT)},
    CASE WHEN ${isLast} THEN json_build_array(${last.join(", ")})::text END ${as(LAST)}
  FROM (
    SELECT r.*, count(*) OVER () ${as(FOUND)}, row_number() OVER ordered ${as(NUMBER)},
      sum(${SIZE}) OVER (ordered ROWS UNBOUNDED PRECEDING) - ${SIZE} ${as(BEFORE)}
    FROM (
      SELECT ${["r.ctid " + as(PLACE), ...columns].join(", ")},
        ${["1", ...size].join(" + ")} ${as(SIZE)}
      FROM ONLY ${table.quoted} r
      ${where ? `WHERE ${where}` : ""}
      ORDER BY ${order} ${limit ? `LIMIT ${limit}` : ""}
    ) r
    WINDOW ordered AS (ORDER BY ${window})
  ) r
  WHERE ${BEFORE} < ${PAGE_BYTES}
) r`;
}

const PLAIN_TYPES = new Set(["smallint", "integer", "bigint", "oid", "boolean"]);
const NUMBER_TYPES = new Set(["numeric", "real", "double precision"]);

/** The value of a column as an SQL literal. */
function literal({ quoted, baseType }: Column): string {
  const value = `r.${quoted}`;
  if (PLAIN_TYPES.has(baseType)) return `coalesce(${value}::text, 'NULL')`;
  if (NUMBER_TYPES.has(baseType)) {
    // A bare -0 is the integer 0.
    return `CASE WHEN ${value} IN ('NaN', 'Infinity', '-Infinity') OR ${value} = 0 AND ${value}::text = '-0'
        THEN quote_literal(${value}::text)
      ELSE coalesce(${value}::text, 'NULL') END`;
  }
  return `quote_nullable(${value}::text)`;
}

const EXACT_TEXT = /^(bigint|numeric|money)(\[\])?$/;

function jsonValue({ quoted, baseType }: Column): string {
  const exact = EXACT_TEXT.exec(baseType);
  return `r.${quoted}${exact ? `::text${exact[2] ?? ""}` : ""} AS ${quoted}`;
}

/** Tables up to this size are looked at together, at one moment. */
const TOGETHER_BYTES = 64_000_000;
/** A statement of thousands of parts is more than PostgreSQL's parser has a stack for. */
const TABLES_TOGETHER = 100;

/**
 * Counts and hashes the rows of tables as they are now; by table id. Takes one statement for small
 * tables.
 */
export async function fingerprints(
  source: Source,
  tables: readonly Table[],
  format: RowFormat,
): Promise<Map<string, Fingerprint>> {
  const found = new Map<string, Fingerprint>();
  const add = ({ id, rows, hash }: { id: string; rows: string; hash: string | null }) => {
    const before = found.get(id) ?? { rows: 0, hash: 0n };
    found.set(id, {
      rows: before.rows + Number(rows),
      hash: before.hash + BigInt(hash ?? 0),
    });
  };
  const sqlFor = (table: Table, where = "") =>
    `SELECT '${table.id}' AS id, count(*) AS rows,
      sum(hashtextextended(${format(table)}, 0)::numeric)::text AS hash
    FROM ONLY ${table.quoted} r ${where}`;
  const large = tables.filter(({ totalBytes }) => totalBytes > TOGETHER_BYTES);
  let together: Table[] = [];
  let bytes = 0;
  const flush = async () => {
    if (together.length === 0) return;
    const sql = together.map((table) => sqlFor(table)).join(" UNION ALL ");
    (await source<Parameters<typeof add>[0]>(sql)).forEach(add);
    [together, bytes] = [[], 0];
  };
  for (const table of tables) {
    if (large.includes(table)) continue;
    const isFull = together.length === TABLES_TOGETHER;
    if (isFull || bytes + table.totalBytes > TOGETHER_BYTES) await flush();
    together.push(table);
    bytes += table.totalBytes;
  }
  await flush();
  for (const table of large) {
    const parts = Math.ceil(table.totalBytes / TOGETHER_BYTES);
    const step = Math.ceil(table.heapBytes / BLOCK_BYTES / parts);
    for (let part = 0; part < parts; part++) {
      const end = part === parts - 1 ? "" : `AND r.ctid < '(${(part + 1) * step},0)'`;
      const where = `WHERE r.ctid >= '(${part * step},0)' ${end}`;
      (await source<Parameters<typeof add>[0]>(sqlFor(table, where))).forEach(add);
    }
  }
  return found;
}
