import { type Frame, frame, textOf } from "./frames.ts";

/** Columns that psql and pg_dump of PostgreSQL 15 and 16 ask for, by what they are called since. */
const RENAMED: Readonly<Record<string, string>> = {
  daticulocale: "datlocale",
  colliculocale: "colllocale",
};

const OLD_COLUMN = /(\w+\.)?\b(daticulocale|colliculocale)\b(\s+AS\b)?/gi;

/** A query of catalogs as clients of PostgreSQL 15 write it, with the columns that there are. */
export function withNewColumns(message: Frame): Frame {
  if (message.type !== "Q") return message;
  const text = textOf(message);
  if (!/iculocale/i.test(text) || !/\bpg_(?:database|collation)\b/.test(text)) return message;
  const sql = text.replaceAll(OLD_COLUMN, (_, table = "", column: string, as?: string) => {
    const now = `${table}${RENAMED[column.toLowerCase()]}`;
    return as ? `${now}${as}` : table ? now : `${now} AS ${column}`;
  });
  return { type: "Q", bytes: frame("Q", sql) };
}
