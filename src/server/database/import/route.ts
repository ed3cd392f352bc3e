import type { ImportDatabaseResponse } from "../../../shared/contract/backend.ts";
import { Hono } from "hono";
import { adminSession } from "../../http/identity.ts";
import { ApiError } from "../../http/api_error.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../../services.ts";
import { readForm } from "../../http/validate.ts";
import { importSql } from "./import_sql.ts";

/** Bytes that an imported file may have (contract section 6.8). */
const MAX_FILE_BYTES = 50 * 1024 ** 2;
/** What the parts of the form add to the file. */
const FORM_BYTES = 64 * 1024;

/** The import of an SQL file: one transaction as `project_admin`, all or nothing. */
export function importRoute({ database }: LocalBackend): Area {
  return new Hono<RequestVariables>().post("/", async (context) => {
    const { file, truncate } = await readImport(context);
    const sql = await readSql(file);
    const { tables, rowsImported, warnings, notices } = await importSql(
      database.until(context.req.raw.signal),
      sql,
      adminSession,
      { truncate },
    );
    const body: ImportDatabaseResponse = {
      success: true,
      message: "The SQL file was imported",
      filename: file.name,
      tables,
      rowsImported,
      fileSize: file.size,
    };
    return context.json({
      ...body,
      ...warnings.length > 0 && { warnings },
      ...notices.length > 0 && { notices },
    });
  });
}

async function readImport(context: RequestContext): Promise<{ file: File; truncate: boolean }> {
  const form = await readForm(
    context,
    MAX_FILE_BYTES + FORM_BYTES,
    "Send the file as part `file`.",
    "STORAGE_INVALID_PARAMETER",
  );
  const file = form.get("file");
  const truncate = form.get("truncate") ?? "false";
  if (!(file instanceof File)) throw new ApiError(400, "INVALID_INPUT", "SQL file is required");
  if (!/\.(sql|txt)$/i.test(file.name)) {
    throw new ApiError(400, "INVALID_INPUT", "Only .sql/.txt files are allowed");
  }
  if (truncate !== "true" && truncate !== "false") {
    throw new ApiError(500, "INTERNAL_ERROR", "`truncate` is neither true nor false");
  }
  if (file.size > MAX_FILE_BYTES) {
    throw new ApiError(
      413,
      "STORAGE_INVALID_PARAMETER",
      `The file is larger than ${MAX_FILE_BYTES} bytes`,
    );
  }
  return { file, truncate: truncate === "true" };
}

async function readSql(file: File): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new ApiError(400, "INVALID_INPUT", "The file is not UTF-8 text");
  }
}
