/** What Tab completes: keywords, and the names of the database. */
import { rawSql } from "../../../client/backend/database.ts";
import type { HttpClient } from "../../../client/http.ts";

const KEYWORDS =
  ("ALTER AND AS ASC BETWEEN BY CASCADE CASE COLUMN CONSTRAINT COUNT CREATE DEFAULT DELETE DESC DISTINCT DROP ELSE END " +
    "EXISTS EXPLAIN FALSE FOREIGN FROM FULL FUNCTION GRANT GROUP HAVING ILIKE IN INDEX INNER INSERT INTO IS JOIN KEY LEFT " +
    "LIKE LIMIT NOT NULL OFFSET ON OR ORDER OUTER POLICY PRIMARY REFERENCES RETURNING REVOKE RIGHT SELECT SET TABLE THEN " +
    "TRIGGER TRUE TRUNCATE UNION UNIQUE UPDATE USING VALUES VIEW WHEN WHERE WITH").split(" ");

const NAMES = `
SELECT DISTINCT name FROM (
  SELECT quote_ident(c.relname) AS name, c.relnamespace FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm')
  UNION ALL SELECT quote_ident(a.attname), c.relnamespace FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL SELECT quote_ident(p.proname), p.pronamespace FROM pg_proc p
) names WHERE relnamespace = 'public'::regnamespace ORDER BY 1 LIMIT 5000`;

/** Completes the last word of a line; the names are read at the first use. */
export function completer(backend: HttpClient): (line: string) => Promise<[string[], string]> {
  let names: Promise<string[]> | undefined;
  return async (line) => {
    names ??= rawSql(backend, NAMES).then(({ rows }) => rows.map(({ name }) => String(name)));
    const word = /[\w"]*$/.exec(line)![0];
    if (word === "") return [[], word];
    const isUpper = word === word.toUpperCase();
    const keywords = KEYWORDS.map((keyword) => isUpper ? keyword : keyword.toLowerCase());
    const known = await names.catch(() => []);
    return [[...known, ...keywords].filter((candidate) => candidate.startsWith(word)), word];
  };
}
