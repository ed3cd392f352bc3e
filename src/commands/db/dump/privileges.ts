/** The privileges of a dump: only where they differ from those that a new object gets by itself. */
import type { Grants, SchemaObject } from "./objects.ts";

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
  /** How many privileges there are on tables: PostgreSQL 17 has one that 15 does not know. */
  readonly ofTables: number;
}

/** A row of the catalog query `defaultPrivileges`. */
export interface DefaultPrivilegeRow extends Omit<PrivilegeRow, "of" | "name"> {
  /** The schema as the statement names it, and by itself; none where they are for all schemas. */
  readonly scope: string;
  readonly name: string | null;
}

/** What backends grant on new objects in the schema `public`: section 16.5 of the HTTP contract. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  TABLES: ["DELETE", "INSERT", "SELECT", "UPDATE"],
  SEQUENCES: ["SELECT", "USAGE"],
};
const USUAL_GRANTEES = ["anon", "authenticated"];

/**
 * What objects get that are made later, of whoever imports; it comes before all objects, as their
 * privileges are told by what differs from it.
 * @param schemas the schemas of the dump
 */
export function defaultPrivilegesOf(
  rows: readonly DefaultPrivilegeRow[],
  schemas: readonly string[],
): SchemaObject[] {
  const taken = schemas.includes("public") ? revokedUsual(rows) : [];
  const given = [...Map.groupBy(rows, ({ scope, what }) => `${scope} ${what}`).values()]
    .flatMap((all) => {
      const { scope, name, what } = all[0]!;
      const [actual, usual] = [all.filter((row) => row.isActual), all.filter((r) => !r.isActual)];
      if (name === "public" && isUsual(what, actual)) return [];
      const altering = (sql: string) =>
        sql.split("\n").map((line) => `ALTER DEFAULT PRIVILEGES${scope} ${line}`).join("\n");
      const sql = altering(sqlOf(what, actual, usual));
      const undo = altering(sqlOf(what, usual, actual));
      return [{ name: `${name ?? ""} ${what} 2`, sql, undo }];
    });
  return [...taken, ...given].map((object) => ({
    id: `default privileges:${object.name}`,
    section: "default privileges",
    ...object,
  }));
}

/** Whether every backend grants just that, so that a dump need not name its roles. */
function isUsual(what: string, actual: readonly DefaultPrivilegeRow[]): boolean {
  const usual = USUAL_GRANTEES.flatMap((grantee) =>
    (USUAL[what] ?? []).map((privilege) => ({ grantee, privilege, isGrantable: false }))
  );
  return keysOf(actual) === keysOf(usual);
}

/**
 * An empty backend grants something already: what is not to be granted has to be taken away first.
 */
function revokedUsual(rows: readonly DefaultPrivilegeRow[]) {
  return Object.entries(USUAL).flatMap(([what, privileges]) =>
    USUAL_GRANTEES.flatMap((role) => {
      const actual = rows.filter((row) =>
        row.isActual && row.name === "public" && row.what === what && row.grantee === role
      );
      if (privileges.every((name) => actual.some(({ privilege }) => privilege === name))) return [];
      const alter = "ALTER DEFAULT PRIVILEGES IN SCHEMA public";
      const sql = `${alter} REVOKE ALL ON ${what} FROM ${role};`;
      const undo = `${alter} GRANT ${privileges.join(", ")} ON ${what} TO ${role};`;
      return [{ name: `public ${what} 1 ${role}`, sql, undo }];
    })
  );
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

/** What is granted on each object, by the object as GRANT names it. */
export function currentGrants(rows: readonly PrivilegeRow[]): Map<string, Grants> {
  const targets = [...Map.groupBy(rows, ({ what }) => what)];
  return new Map(targets.map(([what, all]) => {
    const actual = Map.groupBy(all.filter((row) => row.isActual), ({ grantee }) => grantee);
    const given = [...actual].map(([grantee, own]) =>
      [grantee, sqlOf(what, own, []).split("\n")] as const
    );
    return [what, { of: all[0]!.of, given: new Map(given) }];
  }));
}

type Privilege = Pick<PrivilegeRow, "grantee" | "privilege" | "isGrantable" | "ofTables">;

function keysOf(
  rows: readonly Pick<Privilege, "grantee" | "privilege" | "isGrantable">[],
): string {
  return rows.map(({ grantee, privilege, isGrantable }) => `${grantee} ${privilege} ${isGrantable}`)
    .sort().join("\n");
}

function sqlOf(
  what: string,
  actual: readonly Privilege[],
  usual: readonly Privilege[],
): string {
  const lines = Object.keys(Object.groupBy(usual, ({ grantee }) => grantee)).sort()
    .map((grantee) => `REVOKE ALL ON ${what} FROM ${grantee};`);
  const grants = Object.groupBy(
    actual,
    ({ grantee, isGrantable }) => `${grantee}${isGrantable ? " WITH GRANT OPTION" : ""}`,
  );
  for (const [to, rows] of Object.entries(grants).sort(([a], [b]) => a < b ? -1 : 1)) {
    lines.push(...listsOf(what, rows!).map((list) => `GRANT ${list} ON ${what} TO ${to};`));
  }
  return lines.join("\n");
}

/** Privileges as GRANT lists them: all as `ALL`, which every version of PostgreSQL takes. */
function listsOf(what: string, rows: readonly Privilege[]): string[] {
  const names = rows.map(({ privilege }) => privilege).sort();
  const ofColumns = names.filter((name) => name.includes("("));
  const isWhole = /^TABLES?\b/.test(what) && names.length - ofColumns.length === rows[0]!.ofTables;
  if (!isWhole) return [names.join(", ")];
  return ofColumns.length > 0 ? ["ALL", ofColumns.join(", ")] : ["ALL"];
}
