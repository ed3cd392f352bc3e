import { qualifiedName, quoteName } from "../../database/names.ts";
import type { ReadPlan } from "../plan/read_plan.ts";
import type { ChosenRoutine } from "../schema/choose_routine.ts";
import type { Parameter } from "../schema/routines.ts";
import type { Schema } from "../schema/schema.ts";
import type { Values } from "./values.ts";
import { returningSql } from "./needed_columns.ts";

/** The arguments of a call. */
export type Arguments =
  /** A JSON object of them, and the body for a function that takes it whole. */
  | { readonly json: string; readonly body: string }
  /** A body that the function takes whole. */
  | { readonly body: string | Uint8Array }
  /** The plain texts of a query string, or of a form. */
  | { readonly texts: ReadonlyMap<string, readonly string[]>; readonly body?: string };

/**
 * The rows of a function, as a SELECT. A scalar stands in the column `value`.
 * @param plan how its rows are read, where it returns rows
 */
export function callSql(
  schema: Schema,
  chosen: ChosenRoutine,
  given: Arguments,
  plan: ReadPlan | undefined,
  values: Values,
): string {
  const { args, from } = argumentsSql(chosen, given, values);
  const call = `${qualifiedName(schema.name, chosen.routine.name)}(${args.join(", ")})`;
  if (!plan) return `SELECT target.value FROM ${from}LATERAL (SELECT ${call} AS value) AS target`;
  const list = plan.relation ? returningSql({ read: plan, keys: [] }) : "target.*";
  return `SELECT ${list} FROM ${from}${call} AS target`;
}

/** The call of a procedure, whose arguments may hold no query. */
export function procedureSql(
  schema: Schema,
  { routine, given: parameters }: ChosenRoutine,
  given: Arguments,
  values: Values,
): string {
  const record = "json" in given ? JSON.parse(given.json) : {};
  const args = parameters.map((one) => {
    const value = "texts" in given ? given.texts.get(one.name)?.at(-1) : record[one.name];
    const isJson = /^jsonb?$/.test(one.type);
    const text = values.add(isJson ? JSON.stringify(value) : value);
    return `${nameSql(one)}${text}::${one.type}`;
  });
  return `CALL ${qualifiedName(schema.name, routine.name)}(${args.join(", ")})`;
}

function argumentsSql(
  { given: parameters, takesBody }: ChosenRoutine,
  given: Arguments,
  values: Values,
): { args: string[]; from: string } {
  if (takesBody) {
    return { args: [`${values.add(given.body ?? "")}::${parameters[0]!.type}`], from: "" };
  }
  if (parameters.length === 0) return { args: [], from: "" };
  if ("texts" in given) {
    const args = parameters.map((parameter) => {
      const texts = given.texts.get(parameter.name) ?? [];
      const value = values.add(parameter.isVariadic ? texts : texts.at(-1) ?? null);
      return `${nameSql(parameter)}${value}::${parameter.type}`;
    });
    return { args, from: "" };
  }
  const json = values.add("json" in given ? given.json : "{}");
  const columns = parameters.map(({ name, type }) => `${quoteName(name)} ${type}`);
  return {
    args: parameters.map((one) => `${nameSql(one)}given.${quoteName(one.name)}`),
    from: `json_to_record(${json}::json) AS given(${columns.join(", ")}), `,
  };
}

function nameSql({ name, isVariadic }: Parameter): string {
  return `${isVariadic ? "VARIADIC " : ""}${name ? `${quoteName(name)} => ` : ""}`;
}
