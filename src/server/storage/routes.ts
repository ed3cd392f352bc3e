import { Hono } from "hono";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { buckets } from "./buckets.ts";
import { objects } from "./objects.ts";
import { accessKeyRoutes } from "./s3/access_key_routes.ts";
import { settings } from "./settings.ts";
import { StorageStore } from "./store.ts";

/** Buckets and objects (contract section 7). */
export function storage(backend: LocalBackend): Area {
  const store = new StorageStore(backend);
  const { files } = backend;
  const started = new Date();
  backend.jobs.run("Collecting uploads that were broken off", async () => {
    const ids = await store.fileIds();
    await files.collect((id) => ids.has(id), started);
  });
  return new Hono<RequestVariables>()
    .route("/", buckets(backend, store, files))
    .route("/", objects(backend, store, files))
    .route("/", settings(backend, store))
    .route("/", accessKeyRoutes(backend));
}
