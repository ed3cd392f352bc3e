import {
  createCustomOAuthConfigRequestSchema,
  updateCustomOAuthConfigRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../../http/api_error.ts";
import { requireAdmin } from "../../http/authenticate.ts";
import { parseBody, type Schema } from "../../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../../services.ts";
import { changeSchema, creationSchema, OAuthClients } from "./clients.ts";
import { CustomClients } from "./custom_clients.ts";

/** A store of registrations, by the name of the service. */
interface Registrations<Config, Create, Update> {
  list(): Promise<Config[]>;
  find(name: string): Promise<Config | undefined>;
  secretOf(name: string): Promise<string | undefined>;
  create(config: Create): Promise<Config>;
  update(name: string, changes: Update): Promise<Config | undefined>;
  delete(name: string): Promise<boolean>;
}

/** The project's registrations with the services that the backend knows, for its owner. */
export function clientRoutes(backend: LocalBackend): Area {
  return registrationRoutes(
    backend,
    new OAuthClients(backend),
    creationSchema,
    changeSchema,
  );
}

/** The same for services of the project's own. */
export function customClientRoutes(backend: LocalBackend): Area {
  return registrationRoutes(
    backend,
    new CustomClients(backend),
    createCustomOAuthConfigRequestSchema,
    updateCustomOAuthConfigRequestSchema,
  );
}

function registrationRoutes<Config extends object, Create, Update>(
  backend: LocalBackend,
  store: Registrations<Config, Create, Update>,
  creation: Schema<Create>,
  change: Schema<Update>,
): Area {
  const admin = requireAdmin(backend);
  return new Hono<RequestVariables>()
    .get("/configs", admin, async (context) => {
      const data = await store.list();
      return context.json({ data, count: data.length });
    })
    .post(
      "/configs",
      admin,
      async (context) => context.json(await store.create(await parseBody(context, creation))),
    )
    .get("/:name/config", admin, async (context) => {
      const name = context.req.param("name");
      const config = await store.find(name);
      if (!config) throw notFound(name);
      return context.json({ ...config, clientSecret: await store.secretOf(name) });
    })
    .put("/:name/config", admin, async (context) => {
      const name = context.req.param("name");
      const config = await store.update(name, await parseBody(context, change));
      if (!config) throw notFound(name);
      return context.json(config);
    })
    .delete("/:name/config", admin, async (context) => {
      const name = context.req.param("name");
      if (!await store.delete(name)) throw notFound(name);
      return context.json({ success: true, message: `The configuration of ${name} was deleted` });
    });
}

function notFound(name: string): ApiError {
  return new ApiError(
    404,
    "AUTH_OAUTH_CONFIG_NOT_FOUND",
    `OAuth configuration for ${name} not found`,
  );
}
