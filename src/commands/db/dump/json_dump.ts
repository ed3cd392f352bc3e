/** A dump as JSON, in the shape of section 6.7 of the HTTP contract. */
import type { Table } from "./objects.ts";
import type { RowReader } from "./reading.ts";
import { jsonObject } from "./rows.ts";

/** What the backend's own export says of the schema, without rows. */
export interface JsonSchema {
  readonly timestamp?: string;
  readonly tables: Readonly<Record<string, { readonly rows?: unknown }>>;
  readonly [part: string]: unknown;
}

/**
 * Writes the schema and, where wanted, the rows of its tables; a row stands on a line of its own.
 */
export async function* jsonDump(
  schema: JsonSchema,
  tables: readonly Table[],
  reader: RowReader | undefined,
): AsyncGenerator<string> {
  const { timestamp, tables: described, ...others } = schema;
  const byName = new Map(tables.map((table) => [table.name, table]));
  yield `{\n  "timestamp": ${JSON.stringify(timestamp ?? null)},\n  "tables": {`;
  let separator = "\n";
  for (const [name, { rows: _, ...description }] of Object.entries(described)) {
    yield `${separator}    ${JSON.stringify(name)}: {`;
    for (const [part, value] of Object.entries(description)) {
      yield `\n      ${JSON.stringify(part)}: ${JSON.stringify(value)},`;
    }
    yield '\n      "rows": [';
    const table = byName.get(name);
    if (reader && table) yield* rowsOf(table, reader);
    yield "]\n    }";
    separator = ",\n";
  }
  yield "\n  }";
  for (const [part, value] of Object.entries(others)) {
    yield `,\n  ${JSON.stringify(part)}: ${JSON.stringify(value)}`;
  }
  yield "\n}\n";
}

async function* rowsOf(table: Table, reader: RowReader): AsyncGenerator<string> {
  let isFirst = true;
  for await (const rows of reader(table, jsonObject)) {
    yield `${isFirst ? "" : ","}\n        ${rows.join(",\n        ")}`;
    isFirst = false;
  }
  if (!isFirst) yield "\n      ";
}
