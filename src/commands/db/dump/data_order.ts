/**
 * The order in which the rows of tables go into a database whose foreign keys are there already.
 */
import type { Schema, SchemaObject } from "./objects.ts";

/** The rows of tables in order, and the foreign keys that no order satisfies. */
export interface DataOrder {
  readonly data: readonly SchemaObject[];
  readonly cyclic: readonly SchemaObject[];
}

/** Puts the objects of the section `data` so that rows come after those that they refer to. */
export function orderData(schema: Schema, data: readonly SchemaObject[]): DataOrder {
  const parts = Map.groupBy(
    schema.objects.filter(({ section }) => section === "partition"),
    ({ refersTo }) => refersTo!,
  );
  /** A table, or the partitions that hold its rows. */
  const holders = (id: string): string[] =>
    parts.get(id)?.flatMap(({ of }) => holders(of!)) ?? [id];
  const byTable = new Map(data.map((object) => [object.of!, object]));
  const edges = schema.objects.filter(({ section }) => section === "foreign key").flatMap((key) =>
    holders(key.of!).flatMap((from) => holders(key.refersTo!).map((to) => ({ key, from, to })))
  );
  const outgoing = Map.groupBy(edges, ({ from }) => from);
  const ordered: SchemaObject[] = [];
  const cyclic = new Set<SchemaObject>();
  const states = new Map<string, "open" | "done">();
  const visit = (id: string) => {
    states.set(id, "open");
    for (const { key, to } of outgoing.get(id) ?? []) {
      if (!byTable.has(to)) continue;
      if (states.get(to) === "open") cyclic.add(key);
      else if (!states.has(to)) visit(to);
    }
    states.set(id, "done");
    ordered.push(byTable.get(id)!);
  };
  for (const { of } of data) if (!states.has(of!)) visit(of!);
  return { data: ordered, cyclic: [...cyclic] };
}
