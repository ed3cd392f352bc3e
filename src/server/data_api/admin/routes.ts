import {
  adminTableRecordLookupQuerySchema,
  adminTableRecordsCreateRequestSchema,
  adminTableRecordsDeleteRequestSchema,
  adminTableRecordsListQuerySchema,
  adminTableRecordUpdateRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { schemaParameter } from "../../database/names.ts";
import { parseBody, parseValue } from "../../http/validate.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../../services.ts";
import { contentRange } from "../request/range.ts";
import { parseSort } from "./conditions.ts";
import { AdminRecords } from "./records.ts";

/** The rows of a table for the project's owner (contract section 6.10). */
export function adminRecords(backend: LocalBackend): Area {
  const records = new AdminRecords(backend);
  const tableOf = (context: RequestContext) =>
    records.table(schemaParameter(context), context.req.param("table")!);
  return new Hono<RequestVariables>()
    .get("/:table/records", async (context) => {
      const options = parseValue(context.req.query(), adminTableRecordsListQuerySchema);
      const { rows, total } = await records.list(await tableOf(context), {
        ...options,
        sort: parseSort(options.sort),
      });
      context.header("content-range", contentRange(options.offset, rows.length, total));
      context.header("preference-applied", "count=exact");
      return context.json(rows, rows.length < total ? 206 : 200);
    })
    .get("/:table/records/lookup", async (context) => {
      const { column, value } = parseValue(lookupOf(context), adminTableRecordLookupQuerySchema);
      const values = [value].flat();
      const pairs = [column].flat().map((name, n) => [name, values[n]!] as const);
      return context.json(await records.lookup(await tableOf(context), Object.fromEntries(pairs)));
    })
    .post("/:table/records", async (context) => {
      const rows = await parseBody(context, adminTableRecordsCreateRequestSchema);
      return context.json(await records.create(await tableOf(context), rows), 201);
    })
    .patch("/:table/records", async (context) => {
      const { pkKeys, data } = await parseBody(context, adminTableRecordUpdateRequestSchema);
      return context.json(await records.update(await tableOf(context), pkKeys, data));
    })
    .delete("/:table/records", async (context) => {
      const { pkKeys } = await parseBody(context, adminTableRecordsDeleteRequestSchema);
      const deletedCount = await records.remove(await tableOf(context), pkKeys);
      return context.json({ deletedCount });
    });
}

function lookupOf(context: RequestContext): Record<string, unknown> {
  const all = (name: string) => {
    const values = context.req.queries(name);
    return values && values.length > 1 ? values : values?.[0];
  };
  return { column: all("column"), value: all("value") };
}
