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
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly returnsSet: boolean;
  /** Number of the table whose rows it returns, `0` if none. */
  readonly returnsRelation: string;
  /** The media type that its result's domain is named like, in lower case. */
  readonly mediaType: string | null;
  /** Whether its result is bytes. */
  readonly isBinary: boolean;
  /** Whether its result has columns that are known. */
  readonly returnsRow: boolean;
  readonly returnsNothing: boolean;
  readonly isVolatile: boolean;
  readonly isProcedure: boolean;
  /** Whether it says of itself that it returns one row. */
  readonly isOneRow: boolean;
  /** Number of the table whose row is its only parameter, `0` if none. */
  readonly takesRelation: string;
}

/** A routine as the catalogs have it. */
export interface RoutineRow extends Omit<Routine, "parameters"> {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly modes: readonly string[];
  readonly defaults: number;
}

/** Tells parameters from results. */
export function routineOf({ names, types, modes, defaults, ...routine }: RoutineRow): Routine {
  const inputs = modes.flatMap((mode, n) => "ibv".includes(mode) ? [n] : []);
  const parameters = inputs.map((n, position) => ({
    name: names[n] ?? "",
    type: types[n]!,
    isVariadic: modes[n] === "v",
    isRequired: position < inputs.length - defaults && modes[n] !== "v",
  }));
  return { ...routine, parameters };
}
