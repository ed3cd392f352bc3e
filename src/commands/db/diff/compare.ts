/** What leads from one schema to another, as statements in the order in which they can run. */
import type { Schema, SchemaObject, Section } from "../dump/objects.ts";
import { inOrder } from "../dump/order.ts";
import { alterEnum, alterSequence, isReplaceable } from "./altered.ts";
import type { Change, Difference, Unbridged } from "./change.ts";
import { alterTable, changesTypes } from "./columns.ts";

/** Sections that hold no schema, or are compared by themselves. */
const IGNORED = new Set<Section>([
  "drop",
  "data",
  "sequence value",
  "view data",
  "unsupported",
  "grant",
]);
/** Sections whose objects stand in the way of another type of a column that they read. */
const READS_COLUMNS = new Set<Section>(["view", "rule", "policy", "trigger", "function"]);
/** Sections whose objects hold data, or that columns may be made of. */
const DESTRUCTIVE = new Set<Section>(["table", "schema", "type", "sequence"]);

/** What has to be run on a database that is as `from`, so that it becomes as `to`. */
export function compareSchemas(from: Schema, to: Schema): Difference {
  const before = byKey(from.objects);
  const after = byKey(to.objects);
  const altered = new Map<string, Change[]>();
  const unbridged: Unbridged[] = [];
  const replaced = new Set<string>();
  const dependentsOf = dependentsIn(from);
  for (const [key, object] of after) {
    const old = before.get(key);
    if (!old) continue;
    const way = wayBetween({ from, to }, old, object);
    if (way === "replace") replaced.add(key);
    else if ("why" in way) unbridged.push(way);
    else if (way.changes.length > 0) altered.set(key, way.changes);
    if (
      object.section === "table" &&
      changesTypes(from.definitions.get(old.id)!, to.definitions.get(object.id)!)
    ) {
      for (const dependent of dependentsOf(old.id, READS_COLUMNS)) replaced.add(dependent);
    }
  }
  for (const key of [...replaced]) {
    const old = before.get(key);
    if (old) { for (const dependent of dependentsOf(old.id)) replaced.add(dependent); }
  }
  const remade = new Set(
    [...replaced].filter((key) =>
      before.has(key) && after.has(key) && isRemakable(before.get(key)!)
    ),
  );
  const isGone = (key: string) => before.has(key) && !after.has(key);
  const drops = dropsOf(from, before, isGone, remade, unbridged);
  const made = inOrder([...after.values()], to.needs).flatMap((object) => {
    const key = keyOf(object);
    const isNew = !before.has(key) || remade.has(key) || followsRemade(object, to, remade);
    const own = isNew ? [{ sql: object.sql }, ...refreshOf(object, to)] : altered.get(key) ?? [];
    return own.map((change) => ({ ...change, object: key }));
  });
  const remadeIds = new Set([...remade].map((key) => after.get(key)!.id));
  const all = [...drops, ...made, ...grantsBetween(from, to, remadeIds)];
  const isLast = ({ isDestructive }: Change) => isDestructive ?? false;
  return {
    changes: [...all.filter((change) => !isLast(change)), ...all.filter(isLast)],
    unbridged,
  };
}

/** Objects by what names them in any database: ids hold OIDs, which differ. */
function byKey(objects: readonly SchemaObject[]): Map<string, SchemaObject> {
  return new Map(
    objects.filter(({ section }) => !IGNORED.has(section)).map((object) => [keyOf(object), object]),
  );
}

function keyOf({ section, id, name, undo }: SchemaObject): string {
  if (section === "default privileges") return id;
  if (section === "comment") return `comment ${undo}`;
  // When a dump makes it, as it calls functions, is not what it is.
  const kind = ["index with functions", "constraint"].includes(section)
    ? "index"
    : section.replace(/^late /, "");
  return `${kind} ${id.split(":")[0]} ${name}`;
}

/** How one object becomes the other: in place, by being made anew, or not at all. */
function wayBetween(
  { from, to }: { readonly from: Schema; readonly to: Schema },
  old: SchemaObject,
  object: SchemaObject,
): "replace" | Unbridged | { changes: Change[] } {
  const { section, name, sql } = object;
  if (section === "table") {
    return { changes: alterTable(from.definitions.get(old.id)!, to.definitions.get(object.id)!) };
  }
  if (old.sql === sql) return { changes: [] };
  if (section === "type") {
    const values = alterEnum(old.sql, sql);
    if (values) return { changes: [{ sql: values }] };
    return { object: `type ${name}`, why: "a type that is in use cannot be made another" };
  }
  if (section === "sequence") return { changes: [{ sql: alterSequence(sql) }] };
  if (section === "function" && isReplaceable(old.sql, sql)) return { changes: [{ sql }] };
  if (["column option", "index option", "extension", "default"].includes(section)) {
    return { changes: [{ sql }] };
  }
  if (["default privileges", "row security"].includes(section) && old.undo) {
    return { changes: [{ sql: `${old.undo}\n${sql}` }] };
  }
  return "replace";
}

/**
 * Answers the keys of what needs an object, directly or not; `sections` are those of what needs it
 * directly, all without.
 */
function dependentsIn(
  schema: Schema,
): (id: string, sections?: ReadonlySet<Section>) => Set<string> {
  const objects = Map.groupBy(
    schema.objects.filter(({ section }) => !IGNORED.has(section)),
    ({ id }) => id,
  );
  const users = new Map<string, string[]>();
  for (const [user, needs] of schema.needs) {
    for (const needed of needs) {
      const known = users.get(needed);
      if (known) known.push(user);
      else users.set(needed, [user]);
    }
  }
  return (id, sections) => {
    const found = new Set<string>();
    const visit = (id: string, sections?: ReadonlySet<Section>) => {
      for (const user of users.get(id) ?? []) {
        const isMeant = !sections ||
          objects.get(user)?.some(({ section }) => sections.has(section));
        if (found.has(user) || !isMeant) continue;
        found.add(user);
        visit(user);
      }
    };
    visit(id, sections);
    return new Set([...found].flatMap((id) => objects.get(id) ?? []).map(keyOf));
  };
}

/** Whether an object can be taken away and made again without loss. */
function isRemakable(object: SchemaObject): boolean {
  return !DESTRUCTIVE.has(object.section) && removalOf(object) !== undefined;
}

function removalOf({ drop, undo }: SchemaObject): string | undefined {
  return undo ?? drop ?? undefined;
}

/** What goes with something that is made anew, and so has to be made again: its comments, say. */
function followsRemade(object: SchemaObject, to: Schema, remade: ReadonlySet<string>): boolean {
  const { of, section } = object;
  if (of === undefined || section === "table") return false;
  return to.objects.some((other) =>
    other.id === of && other !== object && remade.has(keyOf(other))
  );
}

/** What is granted on what stays, and of what is new that which it does not get by itself. */
function grantsBetween(from: Schema, to: Schema, remade: ReadonlySet<string>): Change[] {
  const ofNew = new Map(
    to.objects.filter(({ section }) => section === "grant").map(({ id, sql }) => [id, sql]),
  );
  return [...to.grants].flatMap(([what, { of, given }]) => {
    const old = from.grants.get(what);
    if (!old || remade.has(of)) {
      const sql = ofNew.get(`grant:${what}`);
      return sql ? [{ sql, object: `grant ${what}` }] : [];
    }
    const same = (grantee: string) => old.given.get(grantee)?.join() === given.get(grantee)?.join();
    const lines = [...new Set([...old.given.keys(), ...given.keys()])].sort()
      .filter((grantee) => !same(grantee)).flatMap((grantee) => [
        ...old.given.has(grantee) ? [`REVOKE ALL ON ${what} FROM ${grantee};`] : [],
        ...given.get(grantee) ?? [],
      ]);
    return lines.length > 0 ? [{ sql: lines.join("\n"), object: `grant ${what}` }] : [];
  });
}

function refreshOf({ id, section }: SchemaObject, to: Schema): Change[] {
  if (section !== "view") return [];
  return to.objects.filter((object) => object.section === "view data" && object.of === id)
    .map(({ sql }) => ({ sql }));
}

function dropsOf(
  from: Schema,
  before: ReadonlyMap<string, SchemaObject>,
  isGone: (key: string) => boolean,
  remade: ReadonlySet<string>,
  unbridged: Unbridged[],
): Change[] {
  const goneIds = new Set(
    [...before].filter(([key, { section }]) => isGone(key) && section !== "sequence owner")
      .map(([, { id }]) => id),
  );
  const leaves = (object: SchemaObject) => {
    const key = keyOf(object);
    if (!remade.has(key) && !isGone(key)) return false;
    // It goes with what it is a part of.
    return !isGone(key) || object.of === undefined || object.of === object.id ||
      !goneIds.has(object.of);
  };
  return inOrder([...before.values()], from.needs).toReversed().filter(leaves)
    .flatMap((object): Change[] => {
      const sql = removalOf(object);
      if (object.section === "extension") return [];
      if (sql === undefined) {
        const { section, name } = object;
        unbridged.push({ object: `${section} ${name}`, why: "it has to be taken away by hand" });
        return [];
      }
      return [{
        sql,
        isDestructive: DESTRUCTIVE.has(object.section) && !remade.has(keyOf(object)),
      }];
    });
}
