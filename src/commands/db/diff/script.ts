/** A difference as an SQL file. */
import { guardBody, guardLiterals } from "../dump/guarded.ts";
import type { Change } from "./change.ts";

/**
 * The statements with notes as comments.
 * @param drops whether statements that lose data are to be run; else they are comments too
 */
export function scriptOf(changes: readonly Change[], title: string, drops: boolean): string {
  const safe = changes.filter(({ isDestructive }) => drops || !isDestructive);
  const rest = changes.filter(({ isDestructive }) => !drops && isDestructive);
  const hasFunctions = safe.some(({ sql }) => /^CREATE OR REPLACE /.test(sql));
  return [
    `-- ${title}\n`,
    ...hasFunctions ? [UNCHECKED_BODIES] : [],
    ...safe.map(({ sql, note }) =>
      `${note ? `-- ${note}\n` : ""}${guardLiterals(guardBody(sql))}\n`
    ),
    ...rest.length > 0 ? [`${DATA_LOSS}${rest.map(({ sql }) => commented(sql)).join("\n")}\n`] : [],
  ].join("\n");
}

const UNCHECKED_BODIES = `-- Functions may name what is made after them.
SET LOCAL check_function_bodies = false;
`;

const DATA_LOSS = `-- What follows loses data. Take the dashes away from what is meant.
`;

function commented(sql: string): string {
  return sql.split("\n").map((line) => `-- ${line}`).join("\n");
}
