import type { Database } from "../database/client.ts";
import { DataApiError } from "./postgrest_error.ts";

/** A parameter that a caller can give a value. */
export interface Parameter {
  /** Empty where it has none. */
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly isVariadic: boolean;
}

/** A function that can be called over HTTP. */
export interface Routine {
  readonly parameters: readonly Parameter[];
  readonly returnsSet: boolean;
  /** Whether its result has columns. */
  readonly returnsRow: boolean;
  readonly returnsNothing: boolean;
  readonly isVolatile: boolean;
  readonly isProcedure: boolean;
}

interface RoutineRow extends Omit<Routine, "parameters"> {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly modes: readonly string[];
  readonly defaults: number;
}

/** The functions of a name; several when it is overloaded. */
export async function findRoutines(
  database: Database,
  schema: string,
  name: string,
): Promise<Routine[]> {
  const { rows } = await database.query<RoutineRow>(ROUTINES_SQL, [schema, name]);
  return rows.map(({ names, types, modes, defaults, ...routine }) => {
    const inputs = modes.flatMap((mode, n) => "ibv".includes(mode) ? [n] : []);
    const parameters = inputs.map((n, position) => ({
      name: names[n] ?? "",
      type: types[n]!,
      isVariadic: modes[n] === "v",
      isRequired: position < inputs.length - defaults && modes[n] !== "v",
    }));
    return { ...routine, parameters };
  });
}

/** How a call is made: the function, and the names of the arguments that it is given. */
export interface Call {
  readonly routine: Routine;
  readonly given: readonly Parameter[];
  /** Whether the one unnamed parameter takes the whole body. */
  readonly takesBody: boolean;
}

/**
 * Chooses the function that takes arguments of these names.
 * @throws {DataApiError} 404 PGRST202 when there is none, 300 PGRST203 when there are several
 */
export function chooseRoutine(
  schema: string,
  name: string,
  routines: readonly Routine[],
  argumentNames: readonly string[],
  hasBody: boolean,
): Call {
  const fits = routines.filter(({ parameters }) =>
    argumentNames.every((argument) =>
      parameters.some((parameter) => parameter.name === argument)
    ) &&
    parameters.every(({ name, isRequired }) => !isRequired || argumentNames.includes(name))
  );
  if (fits.length === 1) {
    const routine = fits[0]!;
    const given = routine.parameters.filter(({ name }) => argumentNames.includes(name));
    return { routine, given, takesBody: false };
  }
  if (fits.length > 1) {
    throw new DataApiError(
      300,
      "PGRST203",
      `Several functions ${schema}.${name} take these arguments: ${
        fits.map((routine) => signature(schema, name, routine)).join(", ")
      }`,
      null,
      "Give the parameters of the overloads different names.",
    );
  }
  const whole = routines.find(({ parameters }) =>
    parameters.length === 1 && parameters[0]!.name === "" && /^jsonb?$/.test(parameters[0]!.type)
  );
  if (whole && hasBody) return { routine: whole, given: whole.parameters, takesBody: true };
  const wanted = `${schema}.${name}(${argumentNames.toSorted().join(", ")})`;
  throw new DataApiError(
    404,
    "PGRST202",
    `There is no function ${wanted}`,
    argumentNames.length ? "Arguments are matched by their names." : null,
    routines.length
      ? `Perhaps you meant ${routines.map((one) => signature(schema, name, one)).join(" or ")}.`
      : "See the functions with: insforge db functions",
  );
}

function signature(schema: string, name: string, { parameters }: Routine): string {
  const list = parameters.map(({ name, type, isRequired, isVariadic }) =>
    `${isVariadic ? "VARIADIC " : ""}${name} ${type}${isRequired || isVariadic ? "" : " = …"}`
  );
  return `${schema}.${name}(${list.join(", ")})`;
}

const ROUTINES_SQL = `
SELECT coalesce(p.proargnames, '{}')::text[] AS names,
  ARRAY(SELECT format_type(t.oid, NULL) FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))
    WITH ORDINALITY AS t (oid, n) ORDER BY t.n)::text[] AS types,
  coalesce(p.proargmodes::text[], array_fill('i'::text, ARRAY[p.pronargs::int])) AS modes,
  p.pronargdefaults::int4 AS defaults,
  p.proretset AS "returnsSet",
  t.typtype = 'c' OR t.oid = 'record'::regtype OR coalesce(p.proargmodes::text[] && '{t,b,o}', false) AS "returnsRow",
  t.oid = 'void'::regtype AND NOT coalesce(p.proargmodes::text[] && '{t,b,o}', false) AS "returnsNothing",
  p.provolatile = 'v' AS "isVolatile",
  p.prokind = 'p' AS "isProcedure"
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_type t ON t.oid = p.prorettype
WHERE n.nspname = $1 AND p.proname = $2 AND p.prokind IN ('f', 'p')
ORDER BY p.oid`;
