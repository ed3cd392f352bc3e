import { type Field, readField } from "./field.ts";
import { Scanner } from "./scanner.ts";

/** The aggregate functions that can be asked for. */
const AGGREGATES = ["sum", "avg", "count", "max", "min"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** A column of the answer. */
export interface SelectedField {
  readonly kind: "field";
  /** `*` stands for all columns, with `count` for the row. */
  readonly field: Field;
  readonly alias?: string;
  readonly cast?: string;
  readonly aggregate?: Aggregate;
  /** Type of the aggregate's result. */
  readonly aggregateCast?: string;
}

/** Related rows. */
export interface SelectedRelation {
  readonly kind: "relation";
  /** A table, a view, a foreign key, its column or a function. */
  readonly name: string;
  readonly alias?: string;
  /** What decides between several relationships. */
  readonly hint?: string;
  /** Whether rows without related ones are left out. */
  readonly isInner: boolean;
  /** Whether its columns become those of the row that it belongs to. */
  readonly isSpread: boolean;
  readonly items: readonly SelectedItem[];
}

export type SelectedItem = SelectedField | SelectedRelation;

const EVERYTHING: Field = { name: "*", path: [] };

/**
 * Reads `select`: `id,when:created_at::date,author!inner(name),...place(city),amount.sum()`.
 * @throws {DataApiError} 400 PGRST100
 */
export function parseSelect(text: string): SelectedItem[] {
  if (text.trim() === "") return [{ kind: "field", field: EVERYTHING }];
  const scanner = new Scanner(text, "select parameter");
  const items = scanner.list(() => readItem(scanner));
  scanner.end();
  return items;
}

function readItem(scanner: Scanner): SelectedItem {
  scanner.match(/ */y);
  if (scanner.eat("...")) return readRelation(scanner, undefined, true);
  if (scanner.eat("*")) return { kind: "field", field: EVERYTHING };
  const start = scanner.position;
  const alias = readAlias(scanner);
  const named = scanner.position;
  scanner.needName();
  const isRelation = scanner.isAt("!") || scanner.isAt("(");
  scanner.back(named);
  if (isRelation && !scanner.isAt("count()")) return readRelation(scanner, alias, false);
  if (scanner.eat("count()")) {
    return {
      kind: "field",
      field: EVERYTHING,
      aggregate: "count",
      aggregateCast: readCast(scanner),
      alias,
    };
  }
  if (scanner.isAtEnd) scanner.back(start);
  return readColumn(scanner, alias);
}

function readAlias(scanner: Scanner): string | undefined {
  const start = scanner.position;
  const alias = scanner.name();
  if (alias !== undefined && !scanner.isAt("::") && scanner.eat(":")) return alias;
  scanner.back(start);
  return undefined;
}

function readColumn(scanner: Scanner, alias: string | undefined): SelectedField {
  const field = readField(scanner);
  const cast = readCast(scanner);
  let aggregate: Aggregate | undefined;
  if (scanner.eat(".")) {
    aggregate = AGGREGATES.find((name) => scanner.eat(`${name}()`)) ??
      scanner.fail(`an aggregate (${AGGREGATES.join(", ")}) with ()`);
  }
  const aggregateCast = aggregate && readCast(scanner);
  if (!scanner.isAtEnd && !scanner.isAt(",") && !scanner.isAt(")")) {
    scanner.fail('",", ")" or "::"');
  }
  return { kind: "field", field, alias, cast, aggregate, aggregateCast };
}

function readCast(scanner: Scanner): string | undefined {
  if (!scanner.eat("::")) return undefined;
  return scanner.match(/[\p{L}\p{N}_ $]+/uy)?.[0].trim() || scanner.fail("a type");
}

function readRelation(
  scanner: Scanner,
  alias: string | undefined,
  isSpread: boolean,
): SelectedRelation {
  const name = scanner.needName();
  let hint: string | undefined;
  let isInner = false;
  while (scanner.eat("!")) {
    const word = scanner.needName();
    if (word === "inner") isInner = true;
    else if (word !== "left") hint = word;
  }
  scanner.expect("(");
  const items = scanner.match(/ *(?=\))/y) ? [] : scanner.list(() => readItem(scanner));
  scanner.expect(")");
  return { kind: "relation", name, alias, hint, isInner, isSpread, items };
}
