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

/** A row of the catalog query `defaultPrivileges`. */
export interface DefaultPrivilegeRow extends Omit<PrivilegeRow, "of" | "name"> {
  /** The schema as the statement names it, and by itself; none where they are for all schemas. */
  readonly scope: string;
  readonly name: string | null;
}

/** What backends grant on new objects in the schema `public`: section 16.5 of the HTTP contract. */
const USUAL = { TABLES: ["DELETE", "INSERT", "SELECT", "UPDATE"], SEQUENCES: ["SELECT", "USAGE"] };
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
      if (keysOf(actual) === keysOf(usual)) return [];
      const lines = sqlOf(what, actual, usual).split("\n");
      const sql = lines.map((line) => `ALTER DEFAULT PRIVILEGES${scope} ${line}`).join("\n");
      return [{ name: `${name ?? ""} ${what} 2`, sql }];
    });
  return [...taken, ...given].map((object) => ({
    id: `default privileges:${object.name}`,
    section: "default privileges",
    ...object,
  }));
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
      const sql = `ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON ${what} FROM ${role};`;
      return [{ name: `public ${what} 1 ${role}`, sql }];
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

type Privilege = Pick<PrivilegeRow, "grantee" | "privilege" | "isGrantable">;

function keysOf(rows: readonly Privilege[]): string {
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
    const privileges = rows!.map(({ privilege }) => privilege).sort().join(", ");
    lines.push(`GRANT ${privileges} ON ${what} TO ${to};`);
  }
  return lines.join("\n");
}
