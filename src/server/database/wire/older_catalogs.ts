import { type Frame, frame, textOf } from "./frames.ts";

/** Columns that psql and pg_dump of PostgreSQL 15 and 16 ask for, by what they are called since. */
const RENAMED: Readonly<Record<string, string>> = {
  daticulocale: "datlocale",
  colliculocale: "colllocale",
};

const OLD_COLUMN = /(\w+\.)?\b(daticulocale|colliculocale)\b(\s+AS\b)?/gi;

/** All constraints but some kinds: who asks so does not know those that have rows since 18. */
const OTHER_CONSTRAINTS = /\bcontype\s+NOT\s+IN\s*\((?=\s*')/gi;

/** A query of catalogs as clients of PostgreSQL 15 write it, for the catalogs that there are. */
export function forNewCatalogs(message: Frame): Frame {
  if (!"QP".includes(message.type)) return message;
  const text = textOf(message);
  const sql = withoutNotNulls(withNewColumns(text));
  return sql === text ? message : withText(message, sql);
}

function withNewColumns(text: string): string {
  if (!/iculocale/i.test(text) || !/\bpg_(?:database|collation)\b/.test(text)) return text;
  return text.replaceAll(OLD_COLUMN, (_, table = "", column: string, as?: string) => {
    const now = `${table}${RENAMED[column.toLowerCase()]}`;
    return as ? `${now}${as}` : table ? now : `${now} AS ${column}`;
  });
}

function withoutNotNulls(text: string): string {
  if (!/^\s*(?:SELECT|WITH)\b.*\bpg_constraint\b/is.test(text)) return text;
  return text.replaceAll(OTHER_CONSTRAINTS, (words) => `${words}'n', `);
}

/** A `Query`, or a `Parse`, of another text. */
function withText({ type, bytes }: Frame, sql: string): Frame {
  if (type === "Q") return { type, bytes: frame(type, sql) };
  const name = bytes.subarray(5, bytes.indexOf(0, 5) + 1);
  const types = bytes.subarray(bytes.indexOf(0, 5 + name.length) + 1);
  return { type, bytes: frame(type, name, sql, types) };
}
