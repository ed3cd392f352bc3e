import { DataApiError } from "../postgrest_error.ts";
import type { GivenRows } from "../request/body.ts";
import type { Condition } from "../request/filter.ts";
import type { OrderTerm } from "../request/order.ts";
import type { Preferences } from "../request/prefer.ts";
import type { Query } from "../request/query_string.ts";
import type { Page } from "../request/range.ts";
import type { Relation } from "../schema/relation.ts";
import type { Schema } from "../schema/schema.ts";
import { planRead, type ReadPlan } from "./read_plan.ts";

/** A change of rows. */
export interface WritePlan {
  readonly action: "insert" | "update" | "delete";
  readonly relation: Relation;
  /** The columns that get values. */
  readonly columns: readonly string[];
  readonly given?: GivenRows;
  /** Which rows; of given ones for an insert. */
  readonly conditions: readonly Condition[];
  /** The columns that decide whether a row is there already. */
  readonly key?: readonly string[];
  /** Whether a row that is there takes the new values; it stays as it is otherwise. */
  readonly merges: boolean;
  /** Whether a column without a value gets its default. */
  readonly usesDefaults: boolean;
  /** A part of the rows, in this order. */
  readonly page?: Page;
  readonly order: readonly OrderTerm[];
  /** How the changed rows are answered, if they are. */
  readonly read?: ReadPlan;
  /** The columns that tell which row was inserted, for the header Location. */
  readonly keys: readonly string[];
}

/**
 * Plans an insert, a change or a removal.
 * @throws {DataApiError} 400 PGRST109, PGRST204 and what {@link planRead} throws
 */
export function planWrite(
  schema: Schema,
  relation: Relation,
  action: WritePlan["action"],
  query: Query,
  preferences: Preferences,
  given?: GivenRows,
): WritePlan {
  const { options } = query;
  const columns = given?.columns ?? [];
  for (const name of [...columns, ...query.onConflict ?? []]) checkColumn(relation, name);
  const wanted = preferences.get("return");
  const resolution = action === "insert" ? preferences.get("resolution") : undefined;
  const read = planRead(schema, relation, query.items, {
    ...options,
    conditions: [],
    limit: undefined,
    offset: undefined,
  });
  return {
    action,
    relation,
    columns,
    given,
    conditions: action === "insert" ? [] : options.conditions,
    key: resolution === undefined ? undefined : query.onConflict ?? relation.primaryKey,
    merges: resolution === "merge-duplicates",
    usesDefaults: preferences.get("missing") === "default",
    page: action === "insert" ? undefined : partOf(options),
    order: options.order,
    read: wanted === "representation" ? read : undefined,
    keys: wanted === "headers-only" && action === "insert" ? relation.primaryKey : [],
  };
}

/**
 * Plans the insert or change of the one row whose primary key the request names.
 * @throws {DataApiError} 405 PGRST105, 400 PGRST114
 */
export function planPut(
  schema: Schema,
  relation: Relation,
  query: Query,
  preferences: Preferences,
  given: GivenRows,
): WritePlan {
  const { conditions, limit, offset } = query.options;
  if (limit !== undefined || offset !== undefined) {
    throw new DataApiError(
      400,
      "PGRST114",
      "limit/offset querystring parameters are not allowed for PUT",
    );
  }
  const names = conditions.map((condition) =>
    condition.kind === "filter" && !condition.isNegated && condition.field.path.length === 0 &&
      condition.operation.kind === "compare" && condition.operation.operator === "=" &&
      condition.operation.quantifier === undefined
      ? condition.field.name
      : undefined
  );
  const { primaryKey } = relation;
  const isKey = primaryKey.length > 0 && names.length === primaryKey.length &&
    primaryKey.every((name) => names.includes(name));
  if (!isKey) {
    throw new DataApiError(
      405,
      "PGRST105",
      "Filters must include all and only primary key columns with 'eq' operators",
    );
  }
  const plan = planWrite(schema, relation, "insert", query, preferences, given);
  return { ...plan, conditions, key: primaryKey, merges: true, keys: [] };
}

/** The page of a limited change, which PostgREST 12 knows. */
function partOf({ limit, offset, order }: Query["options"]): Page | undefined {
  if (limit === undefined && offset === undefined) return undefined;
  if (order.length > 0) return { limit, offset: offset ?? 0 };
  throw new DataApiError(
    400,
    "PGRST109",
    "A 'limit' was applied without an explicit 'order'",
    null,
    "Apply an 'order' using unique column(s)",
  );
}

function checkColumn(relation: Relation, name: string): void {
  if (relation.columns.some((column) => column.name === name)) return;
  throw new DataApiError(
    400,
    "PGRST204",
    `Could not find the '${name}' column of '${relation.name}' in the schema cache`,
  );
}
