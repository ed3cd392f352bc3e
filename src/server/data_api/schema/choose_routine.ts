import { DataApiError } from "../postgrest_error.ts";
import { closest } from "./closest.ts";
import type { Parameter, Routine } from "./routines.ts";
import type { Schema } from "./schema.ts";

/** How a call is made: the function, and the parameters that get a value. */
export interface ChosenRoutine {
  readonly routine: Routine;
  readonly given: readonly Parameter[];
  /** Whether the one unnamed parameter takes the whole body. */
  readonly takesBody: boolean;
}

/** The types of an unnamed parameter that takes bodies of a media type. */
const BODY_TYPES: Readonly<Record<string, RegExp>> = {
  "application/json": /^jsonb?$/,
  "text/plain": /^text$/,
  "text/xml": /^xml$/,
  "application/octet-stream": /^bytea$/,
};

/**
 * Chooses the function that takes arguments of these names.
 * @param names of the arguments; undefined when the body is no JSON and has none
 * @param bodyType media type of the body, of a POST
 * @throws {DataApiError} 404 PGRST202 when there is none, 300 PGRST203 when there are several
 */
export function chooseRoutine(
  schema: Schema,
  name: string,
  names: readonly string[] | undefined,
  bodyType: string | undefined,
): ChosenRoutine {
  const routines = schema.routines.get(name) ?? [];
  const fits = names === undefined ? [] : routines.filter((routine) => takes(routine, names));
  if (fits.length === 1) {
    const routine = fits[0]!;
    const given = routine.parameters.filter(({ name }) => names!.includes(name));
    return { routine, given, takesBody: false };
  }
  if (fits.length > 1) throw ambiguous(schema, fits);
  const type = bodyType === undefined ? undefined : BODY_TYPES[bodyType];
  const wholes = routines.filter(({ parameters: [first, ...others] }) =>
    first?.name === "" && others.length === 0 && type?.test(first.type)
  );
  if (wholes.length > 1) throw ambiguous(schema, wholes);
  const [whole] = wholes;
  if (whole) return { routine: whole, given: whole.parameters, takesBody: true };
  throw notFound(schema, name, routines, names, bodyType);
}

function takes({ parameters }: Routine, names: readonly string[]): boolean {
  const own = new Set(parameters.map(({ name }) => name).filter(Boolean));
  return names.every((name) => own.has(name)) &&
    parameters.every(({ name, isRequired }) => !isRequired || names.includes(name));
}

function ambiguous(schema: Schema, fits: readonly Routine[]): DataApiError {
  return new DataApiError(
    300,
    "PGRST203",
    `Could not choose the best candidate function between: ${
      fits.map((routine) => signature(schema.name, routine)).join(", ")
    }`,
    null,
    "Try renaming the parameters or the function itself in the database so function overloading can be resolved",
  );
}

function notFound(
  schema: Schema,
  name: string,
  routines: readonly Routine[],
  names: readonly string[] | undefined,
  bodyType: string | undefined,
): DataApiError {
  const called = `${schema.name}.${name}`;
  const sorted = names?.toSorted() ?? [];
  const without = sorted.length === 0 ? " without parameters" : undefined;
  const single = bodyType === undefined ? undefined : {
    "application/json": "json/jsonb",
    "text/plain": "text",
    "text/xml": "xml",
    "application/octet-stream": "bytea",
  }[bodyType];
  const [message, searched] = names === undefined
    ? ["", ` with a single unnamed ${single} parameter`]
    : [
      without ?? `(${sorted.join(", ")})`,
      (without ?? ` with parameter${sorted.length > 1 ? "s" : ""} ${sorted.join(", ")}`) +
      (single ? ` or with a single unnamed ${single} parameter` : ""),
    ];
  return new DataApiError(
    404,
    "PGRST202",
    `Could not find the function ${called}${message} in the schema cache`,
    `Searched for the function ${called}${searched}, but no matches were found in the schema cache.`,
    hintOf(schema, name, routines),
  );
}

function hintOf(schema: Schema, name: string, routines: readonly Routine[]): string | null {
  if (routines.length > 0) {
    const ways = new Set(
      routines.map(({ parameters }) =>
        `${schema.name}.${name}(${parameters.map(({ name }) => name).join(", ")})`
      ),
    );
    return `Perhaps you meant to call the function ${[...ways].join(" or ")}`;
  }
  const near = closest(name, schema.routines.keys());
  return near === undefined
    ? "See the functions with: insforge db functions"
    : `Perhaps you meant to call the function ${schema.name}.${near}`;
}

function signature(schema: string, { name, parameters }: Routine): string {
  return `${schema}.${name}(${
    parameters.map(({ name, type }) => `${name} => ${type}`).join(", ")
  })`;
}
