/** Which objects a dump takes, and in which order. */
import { type Schema, type SchemaObject, type Section, SECTIONS } from "./objects.ts";

/** What goes into a dump. */
export interface Selection {
  /** The ids of tables; undefined for everything. */
  readonly tables?: ReadonlySet<string>;
  /** With `tables`: take these too, whether they are needed or not. */
  readonly functions?: boolean;
  readonly sequences?: boolean;
  readonly views?: boolean;
  /** With `tables`: take everything that belongs to no other table. */
  readonly others?: boolean;
}

/** Objects that were selected. */
export interface Selected {
  readonly objects: readonly SchemaObject[];
  /** Those that would be there too, did they not need a table that is not. */
  readonly left: readonly SchemaObject[];
}

/** The objects of a selection: the tables' own, and whatever those need. */
export function select(schema: Schema, selection: Selection): Selected {
  const { tables } = selection;
  if (!tables) return { objects: withoutUnused(schema, schema.objects), left: [] };
  const all = new Set(schema.objects.filter(({ section }) => section === "table").map((o) => o.id));
  const lacks = lackingIn(schema, (id) => all.has(id) ? !tables.has(id) : undefined);
  const isWanted = (object: SchemaObject): boolean => {
    const { section, id, of } = object;
    if (section === "table") return tables.has(id);
    if (of !== undefined) return tables.has(of);
    return (selection.others ?? false) ||
      section === "function" && (selection.functions ?? false) ||
      section === "sequence" && (selection.sequences ?? false) ||
      section === "view" && (selection.views ?? false);
  };
  const refersOut = ({ refersTo }: SchemaObject) =>
    refersTo !== undefined && all.has(refersTo) && !tables.has(refersTo);
  const wanted = schema.objects.filter(isWanted);
  const left = wanted.filter((object) =>
    object.section !== "table" && (lacks(object.id) || refersOut(object))
  );
  const isLeft = new Set(left);
  const taken = new Set(wanted.filter((object) => !isLeft.has(object)).map(({ id }) => id));
  const reach = (id: string) => {
    for (const needed of schema.needs.get(id) ?? []) {
      if (taken.has(needed) || all.has(needed) && !tables.has(needed)) continue;
      taken.add(needed);
      reach(needed);
    }
  };
  for (const id of [...taken]) reach(id);
  const isPart = (object: SchemaObject) => {
    const { id, of, refersTo } = object;
    if (isLeft.has(object)) return false;
    return taken.has(id) || of !== undefined && !refersTo && !all.has(of) && taken.has(of);
  };
  return { objects: withoutUnused(schema, schema.objects.filter(isPart)), left };
}

/**
 * Whether something needs, directly or not, what is missing.
 * @param isMissing undefined where it depends on the needs
 */
function lackingIn(schema: Schema, isMissing: (id: string) => boolean | undefined) {
  const known = new Map<string, boolean>();
  const lacks = (id: string): boolean => {
    const found = known.get(id) ?? isMissing(id);
    if (found !== undefined) return found;
    known.set(id, false);
    const lacking = (schema.needs.get(id) ?? []).some(lacks);
    known.set(id, lacking);
    return lacking;
  };
  return lacks;
}

/** Sections whose objects say something of others, which may not be in the dump. */
const FOLLOWING = new Set<Section>(["comment", "extension dependent"]);

/** Extensions are named only where something needs them: a backend has its own set. */
function withoutUnused(schema: Schema, objects: readonly SchemaObject[]): SchemaObject[] {
  const ids = new Set(objects.map(({ id }) => id));
  const needed = new Set(objects.flatMap(({ id }) => schema.needs.get(id) ?? []));
  return objects.filter(({ id, section, of }) =>
    section === "extension" ? needed.has(id) : !FOLLOWING.has(section) || !of || ids.has(of)
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
    const { of, refersTo, after = [] } = object;
    for (const id of [of, refersTo, ...after, ...needs.get(object.id) ?? []]) {
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
