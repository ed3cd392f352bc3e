import { createTableRequestSchema, updateTableSchemaRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { readerOf } from "../http/identity.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { parseBody } from "../http/validate.ts";
import { createTable, dropTable, updateTable } from "./alter_tables.ts";
import { describeTable, tableNotFound } from "./describe_table.ts";
import { schemaParameter } from "./names.ts";

/** Tables and their columns (contract section 6.2). */
export function tables({ database }: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .get("/", async (context) => {
      const { rows } = await database.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1`,
        [schemaParameter(context)],
      );
      return context.json(rows.map(({ name }) => name));
    })
    .post("/", async (context) => {
      const request = await parseBody(context, createTableRequestSchema);
      return context.json(await createTable(database, schemaParameter(context), request), 201);
    })
    .get("/:table/schema", async (context) => {
      const schema = schemaParameter(context);
      const table = context.req.param("table");
      const description = await database.transaction(
        (transaction) => describeTable(transaction, schema, table),
        readerOf(schema),
      );
      if (!description) throw tableNotFound(table);
      return context.json(description);
    })
    .patch("/:table/schema", async (context) => {
      const request = await parseBody(context, updateTableSchemaRequestSchema);
      const table = context.req.param("table");
      return context.json(await updateTable(database, schemaParameter(context), table, request));
    })
    .delete(
      "/:table",
      async (context) =>
        context.json(
          await dropTable(database, schemaParameter(context), context.req.param("table")),
        ),
    );
}
