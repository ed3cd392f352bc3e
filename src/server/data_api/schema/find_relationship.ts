import { DataApiError } from "../postgrest_error.ts";
import { closest } from "./closest.ts";
import type { Relationship } from "./relationships.ts";
import type { Relation } from "./relation.ts";
import type { Schema } from "./schema.ts";

/**
 * Finds the relationship that `name!hint` means: `name` is a table, a view, a foreign key, its
 * column, or a function; `hint` a foreign key, a column of either side, or a junction.
 * @throws {DataApiError} 400 PGRST200 when there is none, 300 PGRST201 when there are several
 */
export function findRelationship(
  schema: Schema,
  from: Relation,
  name: string,
  hint: string | undefined,
): Relationship {
  const all = schema.relationships.from(from);
  const computed = all.filter((one) => one.kind === "computed" && one.name === name);
  const found = computed.length > 0
    ? computed
    : all.filter((one) => one.kind !== "computed" && isMeant(one, name, hint));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw ambiguous(from, name, found);
  throw notFound(schema, from, name, hint);
}

function isMeant(one: Relationship, name: string, hint: string | undefined): boolean {
  const { to, kind, columns } = one;
  const [column, refColumn] = columns.length === 1 ? columns[0]! : [];
  if (one.isSelf && kind !== "many-to-many") {
    // One key, two directions: the table's name leads to the many, the column's to the one.
    if (hint !== undefined) {
      return name === to.name && !(kind === "many-to-one") &&
        (refColumn === hint || one.name === hint);
    }
    return kind === "many-to-one" ? name === column : name === to.name;
  }
  if (hint === undefined) {
    const isTable = to.kind !== "v" && to.kind !== "m";
    return name === to.name ||
      kind !== "many-to-many" && isTable && (name === one.name || name === column);
  }
  if (name !== to.name) return false;
  return one.name === hint || column === hint || refColumn === hint;
}

function ambiguous(from: Relation, name: string, found: readonly Relationship[]): DataApiError {
  const hints = found.map((one) => `'${one.to.name}!${one.name}'`).join(", ");
  return new DataApiError(
    300,
    "PGRST201",
    `Could not embed because more than one relationship was found for '${from.name}' and '${name}'`,
    found.map((one) => ({
      cardinality: one.kind,
      embedding: `${from.name} with ${one.to.name}`,
      relationship: describe(from, one),
    })),
    `Try changing '${name}' to one of the following: ${hints}. Find the desired relationship in the 'details' key.`,
  );
}

function describe(from: Relation, { name, to, columns, junction }: Relationship): string {
  const list = (names: readonly string[]) => `(${names.join(", ")})`;
  if (!junction) {
    const own = list(columns.map(([column]) => column));
    return `${name} using ${from.name}${own} and ${to.name}${list(columns.map(([, ref]) => ref))}`;
  }
  const [source, target] = junction.constraints;
  const one = list(junction.source.map(([column]) => column));
  const other = list(junction.target.map(([column]) => column));
  return `${junction.relation.name} using ${source}${one} and ${target}${other}`;
}

function notFound(
  schema: Schema,
  from: Relation,
  name: string,
  hint: string | undefined,
): DataApiError {
  const using = hint === undefined ? "" : ` using the hint '${hint}'`;
  const targets = schema.relationships.from(from).map(({ to }) => to.name);
  const near = targets.includes(name) ? undefined : closest(name, targets);
  return new DataApiError(
    400,
    "PGRST200",
    `Could not find a relationship between '${from.name}' and '${name}' in the schema cache`,
    `Searched for a foreign key relationship between '${from.name}' and '${name}'${using} in the schema '${schema.name}', but no matches were found.`,
    near === undefined ? null : `Perhaps you meant '${near}' instead of '${name}'.`,
  );
}
