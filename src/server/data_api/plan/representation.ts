import { qualifiedName } from "../../database/names.ts";
import type { DataRequest } from "../data_request.ts";
import { type CustomBody, negotiate, type Representation } from "../request/media_type.ts";
import type { SelectedItem } from "../request/select.ts";
import { ANY_TYPE } from "../schema/media_handlers.ts";
import type { Relation } from "../schema/relation.ts";
import type { Routine } from "../schema/routines.ts";
import type { Schema } from "../schema/schema.ts";

/** Whose rows a request asks for: a table's, or a function's that may be those of a table. */
export interface Asked {
  readonly relation: Relation | undefined;
  readonly routine?: Routine;
}

/**
 * Chooses how a request is answered. What the schema has for a media type goes before what the data
 * API makes itself, and what it has for all before that; but for PostgREST's own media types.
 * @throws {DataApiError} 406 PGRST107
 */
export function planRepresentation(
  schema: Schema,
  { accepted, query }: DataRequest,
  asked: Asked,
): Representation {
  const isWhole = isEverything(query.items);
  return negotiate(accepted, (type) => {
    const own = isWhole ? ownBody(schema, asked, ANY_TYPE) ?? ownBody(schema, asked, type) : null;
    return own ?? generalBody(schema, asked, type);
  });
}

/** Whether all columns are asked for, and nothing else. */
function isEverything(items: readonly SelectedItem[]): boolean {
  const [first] = items;
  return items.length === 1 && first?.kind === "field" && first.field.name === "*" &&
    first.aggregate === undefined;
}

/** What there is for the function's result, or for the table's rows. */
function ownBody(
  schema: Schema,
  { relation, routine }: Asked,
  type: string,
): CustomBody | undefined {
  if (routine?.mediaType === type) {
    const sql = "(array_agg(_rows.value))[1]";
    return { sql, mediaType: type, isBinary: routine.isBinary };
  }
  const handler = relation &&
    schema.handlers.find(({ takesRelation, mediaType }) =>
      takesRelation === relation.oid && mediaType === type
    );
  if (!handler) return undefined;
  const row = `_rows::${qualifiedName(relation.schema, relation.name)}`;
  const sql = `${qualifiedName(schema.name, handler.name)}(${row})`;
  return { sql, mediaType: type, isBinary: handler.isBinary, takesTableRows: true };
}

/** What there is for rows of any kind. */
function generalBody(schema: Schema, { routine }: Asked, type: string): CustomBody | undefined {
  const handler = schema.handlers.find(({ takesRelation, mediaType }) =>
    takesRelation === "0" && mediaType === type
  );
  if (!handler) return undefined;
  const row = routine && !routine.returnsRow && !routine.returnsSet ? "_rows.value" : "_rows";
  const sql = `${qualifiedName(schema.name, handler.name)}(${row})`;
  return { sql, mediaType: type, isBinary: handler.isBinary };
}
