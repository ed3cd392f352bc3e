import { Hono } from "hono";
import type { Area, LocalBackend, RequestVariables } from "../../services.ts";
import { StorageStore } from "../store.ts";
import type { Gateway } from "./gateway.ts";

/** The S3 protocol (contract section 18), loaded when it is first spoken. */
export function s3(backend: LocalBackend): Area {
  let gateway: Promise<Gateway> | undefined;
  const open = async () => {
    const { Gateway } = await import("./gateway.ts");
    return new Gateway({ backend, store: new StorageStore(backend), files: backend.files });
  };
  return new Hono<RequestVariables>()
    .all("*", async (context) => await (await (gateway ??= open())).answer(context));
}
