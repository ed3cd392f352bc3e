/** The privileges of a dump: only where they differ from those that a new object gets by itself. */
import type { SchemaObject } from "./objects.ts";

/** A row of the catalog query `privileges`. */
export interface PrivilegeRow {
  /** The id of the object. */
  readonly of: string;
  readonly name: string;
  /** The object as GRANT names it: `TABLE public.posts`. */
  readonly what: string;
  /** Whether it is granted, or would be on a new object. */
  readonly isActual: boolean;
  /** A quoted role, or PUBLIC. */
  readonly grantee: string;
  readonly privilege: string;
  readonly isGrantable: boolean;
}

/** One object for each target whose privileges are not those of a new one. */
export function grantsOf(rows: readonly PrivilegeRow[]): SchemaObject[] {
  return [...Map.groupBy(rows, ({ what }) => what).values()].flatMap((all) => {
    const [actual, usual] = [all.filter((row) => row.isActual), all.filter((r) => !r.isActual)];
    if (keysOf(actual) === keysOf(usual)) return [];
    const { of, name, what } = all[0]!;
    return [{ id: `grant:${what}`, section: "grant", name, of, sql: sqlOf(what, actual, usual) }];
  });
}

function keysOf(rows: readonly PrivilegeRow[]): string {
  return rows.map(({ grantee, privilege, isGrantable }) => `${grantee} ${privilege} ${isGrantable}`)
    .sort().join("\n");
}

function sqlOf(
  what: string,
  actual: readonly PrivilegeRow[],
  usual: readonly PrivilegeRow[],
): string {
  const lines = Object.keys(Object.groupBy(usual, ({ grantee }) => grantee)).sort()
    .map((grantee) => `REVOKE ALL ON ${what} FROM ${grantee};`);
  const grants = Object.groupBy(
    actual,
    ({ grantee, isGrantable }) => `${grantee}${isGrantable ? " WITH GRANT OPTION" : ""}`,
  );
  for (const [to, rows] of Object.entries(grants).sort(([a], [b]) => a < b ? -1 : 1)) {
    const privileges = rows!.map(({ privilege }) => privilege).sort().join(", ");
    lines.push(`GRANT ${privileges} ON ${what} TO ${to};`);
  }
  return lines.join("\n");
}
