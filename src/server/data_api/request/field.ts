import type { Scanner } from "./scanner.ts";

/** A step into JSON. */
export interface JsonStep {
  readonly arrow: "->" | "->>";
  /** The key of an object, or the index in an array. */
  readonly key: string | number;
}

/** A column, or what lies below it in its JSON: `data->tags->>0`. */
export interface Field {
  readonly name: string;
  readonly path: readonly JsonStep[];
}

const INDEX = /-?\d+(?=$|->|::|[.,):])/y;
const KEY = /(?:[^()\-,.:>]|-(?!>)|>)+/y;

/** Reads a column with its steps. */
export function readField(scanner: Scanner): Field {
  return { name: scanner.needName(), path: readPath(scanner) };
}

/** Reads the steps that follow a column. */
export function readPath(scanner: Scanner): JsonStep[] {
  const steps: JsonStep[] = [];
  while (scanner.isAt("->")) {
    const arrow = scanner.eat("->>") ? "->>" : "->";
    if (arrow === "->") scanner.expect("->");
    const index = scanner.match(INDEX)?.[0];
    const key = index === undefined ? scanner.quoted() ?? scanner.match(KEY)?.[0] : Number(index);
    steps.push({ arrow, key: key ?? scanner.fail("a key or an index") });
  }
  return steps;
}
