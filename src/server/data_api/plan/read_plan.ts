import { DataApiError } from "../postgrest_error.ts";
import type { Condition } from "../request/filter.ts";
import type { OrderTerm } from "../request/order.ts";
import type { RowOptions } from "../request/query_string.ts";
import type { SelectedField, SelectedItem, SelectedRelation } from "../request/select.ts";
import { findRelationship } from "../schema/find_relationship.ts";
import type { Relationship } from "../schema/relationships.ts";
import type { Relation } from "../schema/relation.ts";
import type { Schema } from "../schema/schema.ts";

/** Rows that are read: of a table, of a function or related ones. */
export interface ReadPlan {
  /** Undefined for the rows of a function that are no table's. */
  readonly relation: Relation | undefined;
  /** In the order in which they were asked for. */
  readonly items: readonly (SelectedField | Embed)[];
  readonly embeds: readonly Embed[];
  readonly conditions: readonly Condition[];
  readonly order: readonly OrderTerm[];
  readonly limit?: number;
  readonly offset?: number;
}

/** Related rows within the rows that they belong to. */
export interface Embed {
  readonly kind: "embed";
  /** What the answer calls them. */
  readonly name: string;
  readonly relationship: Relationship;
  readonly isInner: boolean;
  readonly isSpread: boolean;
  readonly plan: ReadPlan & { readonly relation: Relation };
}

/**
 * Resolves what a request selects with what a schema holds.
 * @throws {DataApiError} 400 PGRST108, PGRST118, PGRST127, PGRST200; 300 PGRST201
 */
export function planRead(
  schema: Schema,
  relation: Relation | undefined,
  items: readonly SelectedItem[],
  options: RowOptions,
): ReadPlan {
  const used = new Set<RowOptions>();
  const planned = items.map((item) =>
    item.kind === "field" ? item : planEmbed(schema, relation, item, items, options, used)
  );
  for (const [name, own] of options.related) if (!used.has(own)) throw notEmbedded(name);
  const embeds = planned.filter((item) => item.kind === "embed");
  const { conditions, order, limit, offset } = options;
  for (const term of order) checkOrder(term, relation, embeds);
  return { relation, items: planned, embeds, conditions, order, limit, offset };
}

/** The related rows that a name in a filter or an order means. */
export function embedOf(embeds: readonly Embed[], name: string): Embed | undefined {
  return embeds.find((embed) => embed.name === name) ??
    embeds.find(({ relationship }) => relationship.to.name === name);
}

function planEmbed(
  schema: Schema,
  from: Relation | undefined,
  item: SelectedRelation,
  siblings: readonly SelectedItem[],
  options: RowOptions,
  used: Set<RowOptions>,
): Embed {
  if (!from) throw noRelations(item.name);
  const relationship = findRelationship(schema, from, item.name, item.hint);
  const isAliased = (name: string) =>
    siblings.some((other) => other.kind === "relation" && other.alias === name);
  const own = options.related.get(item.alias ?? item.name) ??
    (isAliased(item.name) ? undefined : options.related.get(item.name)) ??
    { conditions: [], order: [], related: new Map() };
  used.add(own);
  const plan = planRead(schema, relationship.to, item.items, own);
  if (item.isSpread && !relationship.isToOne && hasAggregate(plan)) {
    throw new DataApiError(
      400,
      "PGRST127",
      "Feature not implemented",
      "Aggregates are not implemented for one-to-many or many-to-many spreads.",
    );
  }
  return {
    kind: "embed",
    name: item.alias ?? item.name,
    relationship,
    isInner: item.isInner,
    isSpread: item.isSpread,
    plan: { ...plan, relation: relationship.to },
  };
}

/** Whether a level is aggregated, by itself or by what is spread into it. */
export function hasAggregate({ items }: ReadPlan): boolean {
  return items.some((item) =>
    item.kind === "field" ? item.aggregate !== undefined : item.isSpread && hasAggregate(item.plan)
  );
}

function checkOrder(
  { relation: name }: OrderTerm,
  from: Relation | undefined,
  embeds: readonly Embed[],
): void {
  if (name === undefined) return;
  const embed = embedOf(embeds, name);
  if (!embed) throw notEmbedded(name);
  if (embed.relationship.isToOne) return;
  throw new DataApiError(
    400,
    "PGRST118",
    `A related order on '${name}' is not possible`,
    `'${from?.name}' and '${name}' do not form a many-to-one or one-to-one relationship`,
  );
}

function notEmbedded(name: string): DataApiError {
  return new DataApiError(
    400,
    "PGRST108",
    `'${name}' is not an embedded resource in this request`,
    null,
    `Verify that '${name}' is included in the 'select' query parameter.`,
  );
}

function noRelations(name: string): DataApiError {
  return new DataApiError(
    400,
    "PGRST200",
    `Could not find a relationship between the function's result and '${name}' in the schema cache`,
    "Only the rows of a table or view have relationships.",
    "Let the function return SETOF a table.",
  );
}
