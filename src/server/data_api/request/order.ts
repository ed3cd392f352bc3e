import { type Field, readField } from "./field.ts";
import { Scanner } from "./scanner.ts";

/** One key of an order. */
export interface OrderTerm {
  /** The related rows that the field belongs to, of which there is one at most. */
  readonly relation?: string;
  readonly field: Field;
  /** As SQL has it: ` DESC NULLS LAST`. */
  readonly suffix: string;
}

/**
 * Reads `order`: `age.desc.nullslast,data->>name,author(name).asc`.
 * @throws {DataApiError} 400 PGRST100
 */
export function parseOrder(text: string): OrderTerm[] {
  const scanner = new Scanner(text, "order");
  const terms = scanner.list(() => readTerm(scanner));
  scanner.end();
  return terms;
}

function readTerm(scanner: Scanner): OrderTerm {
  const field = readField(scanner);
  if (field.path.length === 0 && scanner.eat("(")) {
    const inner = readField(scanner);
    scanner.expect(")");
    return { relation: field.name, field: inner, suffix: readSuffix(scanner) };
  }
  return { field, suffix: readSuffix(scanner) };
}

function readSuffix(scanner: Scanner): string {
  const direction = scanner.eat(".asc") ? " ASC" : scanner.eat(".desc") ? " DESC" : "";
  const nulls = scanner.eat(".nullsfirst")
    ? " NULLS FIRST"
    : scanner.eat(".nullslast")
    ? " NULLS LAST"
    : "";
  if (!scanner.isAtEnd && !scanner.isAt(",")) {
    scanner.fail(
      direction ? '"nullsfirst" or "nullslast"' : '"asc", "desc", "nullsfirst" or "nullslast"',
    );
  }
  return direction + nulls;
}
