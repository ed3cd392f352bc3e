import { DataApiError } from "../postgrest_error.ts";
import { type Embed, embedOf } from "../plan/read_plan.ts";
import type { Condition, Filter } from "../request/filter.ts";
import type { Relation } from "../schema/relation.ts";
import { castOf, fieldSql } from "./field.ts";
import type { Values } from "./values.ts";

/** What conditions may be about: the columns of rows, and whether there are related ones. */
export interface Subject {
  readonly alias: string;
  readonly relation: Relation | undefined;
  readonly embeds?: readonly Embed[];
  /** SQL that is null where a row has no related ones. */
  foundSql?(embed: Embed): string;
}

/**
 * A condition as SQL.
 * @throws {DataApiError} 400 PGRST120
 */
export function conditionSql(condition: Condition, subject: Subject, values: Values): string {
  if (condition.kind === "filter") return filterSql(condition, subject, values);
  const parts = condition.conditions.map((part) => conditionSql(part, subject, values));
  return `${condition.isNegated ? "NOT " : ""}(${parts.join(` ${condition.operator} `)})`;
}

function filterSql(filter: Filter, subject: Subject, values: Values): string {
  const { field, isNegated } = filter;
  const sql = relatedSql(filter, subject) ??
    operationSql(
      fieldSql(subject.alias, field, subject.relation),
      filter,
      subject.relation,
      values,
    );
  return isNegated ? `NOT (${sql})` : sql;
}

/** `author=is.null`: whether there are related rows. */
function relatedSql({ field, operation }: Filter, subject: Subject): string | undefined {
  const embed = field.path.length === 0 && embedOf(subject.embeds ?? [], field.name);
  if (!embed || !subject.foundSql) return undefined;
  if (operation.kind === "is" && /NULL$/.test(operation.what)) {
    return `${subject.foundSql(embed)} IS ${operation.what}`;
  }
  if (subject.relation?.columns.some(({ name }) => name === field.name)) return undefined;
  throw new DataApiError(
    400,
    "PGRST120",
    `Bad operator on the '${field.name}' embedded resource`,
    "Only is null or not is null filters are allowed on embedded resources",
  );
}

function operationSql(
  sql: string,
  { field, operation }: Filter,
  relation: Relation | undefined,
  values: Values,
): string {
  switch (operation.kind) {
    case "compare": {
      const value = values.add(operation.value);
      const { operator, quantifier } = operation;
      const cast = /LIKE|~/.test(operator) ? undefined : castOf("fromText", field, relation);
      if (quantifier) return `${sql} ${operator} ${quantifier} (${listSql(value, cast)})`;
      return `${sql} ${operator} ${cast ? `${cast}(${value}::text)` : value}`;
    }
    case "in": {
      const list = listSql(values.add(operation.values), castOf("fromText", field, relation));
      return `${sql} = ANY (${list})`;
    }
    case "is":
      return `${sql} IS ${operation.what}`;
    case "search": {
      const language = operation.language === undefined
        ? ""
        : `${values.add(operation.language)}::regconfig, `;
      const column = relation?.columns.find(({ name }) => name === field.name);
      const isDocument = column && (field.path.length > 0 || !column.isSearchVector);
      const vector = isDocument ? `to_tsvector(${language}${sql})` : sql;
      return `${vector} @@ ${operation.query}(${language}${values.add(operation.value)})`;
    }
  }
}

/** A list of values to compare with, each read by a domain's cast where it has one. */
function listSql(values: string, cast: string | undefined): string {
  return cast ? `SELECT ${cast}(value) FROM unnest(${values}::text[]) AS value` : values;
}
