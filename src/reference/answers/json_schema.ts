/** The few words of JSON Schema (2020-12) that describe answers. */

/** A schema, as JSON. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export const text: JsonSchema = { type: "string" };
export const number: JsonSchema = { type: "number" };
export const whole: JsonSchema = { type: "integer" };
export const flag: JsonSchema = { type: "boolean" };
export const anything: JsonSchema = {};

/** ISO 8601, as the backend writes it. */
export const time: JsonSchema = { type: "string", description: "A time, as ISO 8601." };

/** The same, or null. */
export function maybe(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: "null" }] };
}

export function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** An object whose names are data. */
export function record(values: JsonSchema): JsonSchema {
  return { type: "object", additionalProperties: values };
}

/** An object: what is always there, and what may be. Newer backends may add more. */
export function object(
  always: Readonly<Record<string, JsonSchema>>,
  sometimes: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    type: "object",
    properties: { ...always, ...sometimes },
    required: Object.keys(always),
  };
}

/** One of several forms. */
export function either(...forms: readonly JsonSchema[]): JsonSchema {
  return { anyOf: forms };
}

/** One of the lines that a command writes until it ends. */
export function line(schema: JsonSchema): JsonSchema {
  return { ...schema, description: "A line of those that it writes." };
}
