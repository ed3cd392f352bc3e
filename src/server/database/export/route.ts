import {
  type ExportDatabaseJsonData,
  type ExportDatabaseResponse,
  exportRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../../http/api_error.ts";
import { readerOf } from "../../http/identity.ts";
import type { Area, LocalBackend, RequestVariables } from "../../services.ts";
import { parseBody } from "../../http/validate.ts";
import type { Transaction } from "../client.ts";
import { countRows } from "../describe_table.ts";
import { type ExportedTable, exportTables } from "../export_table.ts";
import { FUNCTIONS_SQL, SEQUENCES_SQL, VIEWS_SQL } from "./objects.ts";
import { readInserts, readRows } from "./rows.ts";
import { sqlText } from "./sql_text.ts";

type JsonData = ExportDatabaseJsonData;

/** The export of schema `public` (contract section 6.6): at most `rowLimit` rows of each table. */
export function exportRoute({ database, clock }: LocalBackend): Area {
  return new Hono<RequestVariables>().post("/", async (context) => {
    const request = await parseBody(context, exportRequestSchema);
    const timestamp = clock().toISOString();
    const truncated: string[] = [];

    const data = await database.transaction(async (transaction) => {
      const list = async <Row>(isWanted: boolean, sql: string) =>
        isWanted ? (await transaction.query<Row>(sql)).rows : [];
      const names = request.tables?.length ? request.tables : await tableNames(transaction);
      const tables: JsonData["tables"] = {};
      const inserts: Record<string, string[]> = {};
      const described = await exportTables(transaction, "public", names);
      for (const name of names) {
        const table = described.get(name);
        if (!table) throw unknownTable(name);
        tables[name] = table;
        if (!request.includeData) continue;
        if (request.format === "json") {
          table.rows = await readRows(transaction, name, request.rowLimit);
        } else inserts[name] = await readInserts(transaction, name, request.rowLimit);
        const exported = inserts[name]?.length ?? table.rows!.length;
        if (exported < request.rowLimit) continue;
        const total = await countRows(transaction, "public", name);
        if (total > exported) {
          truncated.push(name);
          tables[name] = { ...table, ...cut(exported, total) };
        }
      }
      const whole: JsonData = {
        timestamp,
        tables,
        functions: await list(request.includeFunctions, FUNCTIONS_SQL),
        sequences: await list(request.includeSequences, SEQUENCES_SQL),
        views: await list(request.includeViews, VIEWS_SQL),
      };
      return request.format === "json" ? whole : await sqlText(transaction, whole, inserts);
    }, readerOf("public"));

    const body: ExportDatabaseResponse = {
      format: request.format,
      data,
      timestamp,
      ...(truncated.length ? { truncatedTables: truncated, rowLimit: request.rowLimit } : {}),
    };
    return context.json(body);
  });
}

function cut(exportedRowCount: number, totalRowCount: number): Partial<ExportedTable> {
  return { truncated: true, exportedRowCount, totalRowCount };
}

function unknownTable(name: string): ApiError {
  return new ApiError(
    400,
    "DATABASE_VALIDATION_ERROR",
    `relation "${name}" does not exist`,
    "Check the name: GET /api/database/tables lists the tables.",
  );
}

async function tableNames(transaction: Transaction): Promise<string[]> {
  const { rows } = await transaction.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  return rows.map(({ tablename }) => tablename);
}
