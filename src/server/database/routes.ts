import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { backups } from "../backups/routes.ts";
import { bulkUpsert } from "../data_api/admin/bulk_upsert.ts";
import { adminRecords } from "../data_api/admin/routes.ts";
import { catalog } from "./catalog.ts";
import { exportRoute } from "./export/route.ts";
import { importRoute } from "./import/route.ts";
import { migrations } from "./migrations/routes.ts";
import { rawSql } from "./raw_sql.ts";
import { tables } from "./tables.ts";

/** Everything below `/api/database` (contract section 6). */
export function database(backend: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .route("/advance/rawsql", rawSql(backend))
    .route("/advance/export", exportRoute(backend))
    .route("/advance/import", importRoute(backend))
    .route("/advance/bulk-upsert", bulkUpsert(backend))
    .route("/admin/tables", adminRecords(backend))
    .route("/backups", backups(backend))
    .route("/migrations", migrations(backend))
    .route("/tables", tables(backend))
    .route("/", catalog(backend));
}
