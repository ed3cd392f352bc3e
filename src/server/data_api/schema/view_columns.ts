/** A column of a view that shows a column of a table. */
export interface ViewColumn {
  /** Number of the view's own column. */
  readonly number: number;
  /** The table, or another view, by its number in the database. */
  readonly table: string;
  /** Number of the table's column. */
  readonly column: number;
}

const TARGET = /:resno (\d+) .*?:resorigtbl (\d+) :resorigcol (\d+) :resjunk false\}$/s;

/**
 * Finds which columns of tables a view shows as they are.
 * @param query the view's query as `pg_rewrite.ev_action` has it: a tree of nodes in braces
 */
export function viewColumns(query: string): ViewColumn[] {
  return topTargets(query).flatMap((target) => {
    const [, number, table, column] = TARGET.exec(target) ?? [];
    if (table === undefined || table === "0") return [];
    return { number: Number(number), table, column: Number(column) };
  });
}

/** The entries of the outermost query's list of columns; subqueries have lists of their own. */
function topTargets(query: string): string[] {
  const targets: string[] = [];
  let depth = 0;
  let start = -1;
  for (let at = 0; at < query.length; at++) {
    const character = query[at];
    if (character === "\\") at++;
    else if (character === "{") {
      depth++;
      if (depth === 2 && query.startsWith("{TARGETENTRY", at)) start = at;
    } else if (character === "}") {
      if (depth === 2 && start >= 0) {
        targets.push(query.slice(start, at + 1));
        start = -1;
      }
      depth--;
    }
  }
  return targets;
}
