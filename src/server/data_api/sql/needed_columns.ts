import { quoteName } from "../../database/names.ts";
import { embedOf, type ReadPlan } from "../plan/read_plan.ts";
import type { WritePlan } from "../plan/write_plan.ts";
import type { Condition } from "../request/filter.ts";

/**
 * The columns that are needed of rows that were changed, or that a function returned; computed ones
 * are computed here, where the rows are still of the table's own type.
 */
export function returningSql({ read, keys }: Pick<WritePlan, "read" | "keys">): string {
  const names = read ? neededColumns(read) : keys;
  if (names === "all") return "target.*";
  return names.length === 0
    ? 'true AS "?changed"'
    : names.map((name) => `target.${quoteName(name)} AS ${quoteName(name)}`).join(", ");
}

/** The columns that a plan reads of its own rows. */
function neededColumns(plan: ReadPlan): readonly string[] | "all" {
  const { items, embeds, order, conditions, relation } = plan;
  const own = relation?.columns.map(({ name }) => name) ?? [];
  const names = new Set<string>();
  for (const item of items) if (item.kind === "field") names.add(item.field.name);
  for (const { field, relation } of order) if (relation === undefined) names.add(field.name);
  for (const name of conditions.flatMap(filteredBy)) {
    if (own.includes(name) || !embedOf(embeds, name)) names.add(name);
  }
  for (const { relationship: { columns, junction } } of embeds) {
    for (const [column] of columns) names.add(column);
    for (const [, column] of junction?.source ?? []) names.add(column);
  }
  const isAll = names.delete("*") ||
    embeds.some(({ relationship }) => relationship.kind === "computed");
  if (!isAll) return [...names];
  const computed = [...names].filter((name) => !own.includes(name));
  return computed.length > 0 ? [...own, ...computed] : "all";
}

function filteredBy(condition: Condition): string[] {
  return condition.kind === "filter"
    ? [condition.field.name]
    : condition.conditions.flatMap(filteredBy);
}
