import { Hono } from "hono";
import { STATE_FILES } from "../../shared/contract/state.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { buckets } from "./buckets.ts";
import { ObjectFiles } from "./files.ts";
import { objects } from "./objects.ts";
import { settings } from "./settings.ts";
import { StorageStore } from "./store.ts";

/** Buckets and objects (contract section 7). */
export function storage(backend: LocalBackend): Area {
  const store = new StorageStore(backend);
  const files = new ObjectFiles(`${backend.dataDir}/${STATE_FILES.storage}`);
  const started = new Date();
  backend.jobs.run("Collecting uploads that were broken off", async () => {
    const ids = await store.fileIds();
    await files.collect((id) => ids.has(id), started);
  });
  return new Hono<RequestVariables>()
    .route("/", buckets(backend, store, files))
    .route("/", objects(backend, store, files))
    .route("/", settings(backend, store));
}
