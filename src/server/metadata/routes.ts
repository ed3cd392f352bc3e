import { Hono } from "hono";
import type {
  AnonKeyResponse,
  ApiKeyResponse,
  AppMetadataSchema,
  ProjectIdResponse,
} from "../../shared/contract/backend.ts";
import { authMetadata } from "../auth/metadata.ts";
import { requireAdmin } from "../http/authenticate.ts";
import { databaseAddress, databasePassword } from "../database/wire/address.ts";
import { exportTable } from "../database/export_table.ts";
import { schemaParameter } from "../database/names.ts";
import { tableNotFound } from "../database/describe_table.ts";
import { ApiError } from "../http/api_error.ts";
import { EMULATED_VERSION } from "../../shared/contract/state.ts";
import { metadataMarkdown } from "./markdown.ts";
import {
  databaseMetadata,
  functionsMetadata,
  realtimeMetadata,
  storageMetadata,
} from "./slices.ts";
import { readerOf } from "../http/identity.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

/** What the project holds, whole and in slices (contract sections 5.1 and 5.3). */
export function metadata(backend: LocalBackend): Area {
  const { database, keys } = backend;

  async function whole(): Promise<AppMetadataSchema> {
    const auth = await authMetadata(backend);
    return await database.transaction(async (transaction) => ({
      auth,
      database: await databaseMetadata(transaction),
      storage: await storageMetadata(transaction),
      functions: await functionsMetadata(transaction),
      realtime: await realtimeMetadata(transaction),
      version: EMULATED_VERSION,
    }), readerOf("public"));
  }

  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .get("/", async (context) => {
      const format = context.req.query("format") ?? "json";
      if (format === "json") return context.json(await whole());
      if (format === "markdown") {
        return context.body(metadataMarkdown(await whole()), 200, {
          "content-type": "text/markdown; charset=utf-8",
        });
      }
      throw new ApiError(
        400,
        "INVALID_INPUT",
        `There is no format "${format}"; use json or markdown`,
      );
    })
    .get("/anon-key", (context) => context.json<AnonKeyResponse>({ anonKey: keys.anonKey }))
    .get("/api-key", (context) => context.json<ApiKeyResponse>({ apiKey: keys.apiKey }))
    .get("/project-id", (context) => context.json<ProjectIdResponse>({ projectId: null }))
    .get("/auth", async (context) => context.json(await authMetadata(backend)))
    .get(
      "/database",
      async (context) =>
        context.json(await database.transaction(databaseMetadata, readerOf("public"))),
    )
    .get(
      "/storage",
      async (context) =>
        context.json(await database.transaction(storageMetadata, { readOnly: true })),
    )
    .get(
      "/functions",
      async (context) =>
        context.json(await database.transaction(functionsMetadata, { readOnly: true })),
    )
    .get(
      "/realtime",
      async (context) =>
        context.json(await database.transaction(realtimeMetadata, { readOnly: true })),
    )
    .get("/database-connection-string", (context) => context.json(databaseAddress(backend)))
    .get("/database-password", async (context) => {
      databaseAddress(backend);
      return context.json({ databasePassword: await databasePassword(backend) });
    })
    .get("/:table", async (context) => {
      const schema = schemaParameter(context);
      const table = context.req.param("table");
      const exported = await database.transaction(
        (transaction) => exportTable(transaction, schema, table),
        readerOf(schema),
      );
      if (!exported) throw tableNotFound(table);
      return context.json({ [table]: exported });
    });
}
