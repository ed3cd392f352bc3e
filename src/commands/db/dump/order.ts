/** Which objects a dump takes, and in which order. */
import { type Schema, type SchemaObject, SECTIONS } from "./objects.ts";

/** What goes into a dump. */
export interface Selection {
  /** The ids of tables; undefined for everything. */
  readonly tables?: ReadonlySet<string>;
  /** With `tables`: take these too, whether they are needed or not. */
  readonly functions?: boolean;
  readonly sequences?: boolean;
  readonly views?: boolean;
}

/** The objects of a selection: the tables' own, and whatever those need. */
export function select(schema: Schema, selection: Selection): SchemaObject[] {
  const { tables } = selection;
  if (!tables) return withoutUnused(schema, schema.objects);
  const all = new Set(schema.objects.filter(({ section }) => section === "table").map((o) => o.id));
  const isTaken = (object: SchemaObject): boolean => {
    if (object.section === "table") return tables.has(object.id);
    if (object.refersTo && all.has(object.refersTo) && !tables.has(object.refersTo)) return false;
    if (object.of !== undefined) return tables.has(object.of);
    if (object.section === "function") return selection.functions ?? false;
    if (object.section === "sequence") return selection.sequences ?? false;
    return object.section === "view" && (selection.views ?? false);
  };
  const taken = new Set(schema.objects.filter(isTaken).map(({ id }) => id));
  const reach = (id: string) => {
    for (const needed of schema.needs.get(id) ?? []) {
      if (taken.has(needed) || all.has(needed) && !tables.has(needed)) continue;
      taken.add(needed);
      reach(needed);
    }
  };
  for (const id of [...taken]) reach(id);
  const isPart = ({ id, of, refersTo }: SchemaObject) =>
    taken.has(id) || of !== undefined && !refersTo && !all.has(of) && taken.has(of);
  return withoutUnused(schema, schema.objects.filter(isPart));
}

/** Extensions are named only where something needs them: a backend has its own set. */
function withoutUnused(schema: Schema, objects: readonly SchemaObject[]): SchemaObject[] {
  const ids = new Set(objects.map(({ id }) => id));
  const needed = new Set(objects.flatMap(({ id }) => schema.needs.get(id) ?? []));
  return objects.filter(({ id, section, of }) =>
    section === "extension" ? needed.has(id) : section !== "comment" || ids.has(of!)
  );
}

/** Sorts by section and name; what an object needs comes before it all the same. */
export function inOrder(
  objects: readonly SchemaObject[],
  needs: ReadonlyMap<string, readonly string[]>,
): SchemaObject[] {
  const rank = new Map(SECTIONS.map((section, index) => [section, index]));
  const sorted = objects.toSorted((a, b) =>
    rank.get(a.section)! - rank.get(b.section)! || compare(a.name, b.name) || compare(a.id, b.id)
  );
  const byId = Map.groupBy(sorted, ({ id }) => id);
  const seen = new Set<SchemaObject>();
  const ordered: SchemaObject[] = [];
  const visit = (object: SchemaObject) => {
    if (seen.has(object)) return;
    seen.add(object);
    for (const id of [object.of, object.refersTo, ...needs.get(object.id) ?? []]) {
      // Only what makes an object is waited for: the first section that has its id.
      const [first] = id === undefined || id === object.id ? [] : byId.get(id) ?? [];
      if (first) visit(first);
    }
    ordered.push(object);
  };
  sorted.forEach(visit);
  return ordered;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
