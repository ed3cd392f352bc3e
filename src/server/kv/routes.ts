import { Hono } from "hono";
import { ApiError, toEnvelope } from "../http/api_error.ts";
import { readBody } from "../http/validate.ts";
import type { Area, RequestContext, RequestVariables } from "../services.ts";
import {
  readAtomicWrite,
  readSnapshotRead,
  readWatch,
  writeAtomicWriteOutput,
  writeSnapshotReadOutput,
} from "./messages.ts";
import type { KvStore } from "./store.ts";
import { watch } from "./watch.ts";

export interface KvOptions {
  readonly store: KvStore;
  /** The path that the routes are mounted at. */
  readonly path: string;
  /** @throws {ApiError} 401 or 403 for who may not come in */
  admit(context: RequestContext): void | Promise<void>;
  /** Aborted when the server closes. */
  readonly signal: AbortSignal;
}

const VERSION = 3;
/** Milliseconds that a client may use what it was told of the store. */
const METADATA_MS = 3_600_000;
/** Bytes of a request: Deno's client sends 800 KiB of values and their keys at most. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A key-value store by the KV Connect protocol, which Deno's own client speaks. */
export function kv({ store, path, admit, signal }: KvOptions): Area {
  const databaseId = crypto.randomUUID();
  const routes = new Hono<RequestVariables>()
    .use(async (context, next) => {
      await admit(context);
      await next();
    })
    .post("/", (context) =>
      context.json({
        version: VERSION,
        databaseId,
        endpoints: [{ url: path, consistency: "strong" }],
        token: bearerOf(context),
        expiresAt: new Date(Date.now() + METADATA_MS).toISOString(),
      }))
    .post("/snapshot_read", async (context) => {
      const ranges = await read(context, readSnapshotRead);
      return message(writeSnapshotReadOutput(await store.read(ranges)));
    })
    .post("/atomic_write", async (context) => {
      const outcome = await store.write(await read(context, readAtomicWrite));
      if ("refused" in outcome) throw new ApiError(400, "INVALID_INPUT", outcome.refused);
      return message(writeAtomicWriteOutput(outcome));
    })
    .post("/watch", async (context) => {
      const stream = watch(store, await read(context, readWatch), signal);
      return new Response(stream, { headers: { "content-type": "application/octet-stream" } });
    });
  routes.onError((error, context) => {
    const { statusCode, message } = toEnvelope(error);
    // Deno's client repeats for ever what is answered with 5xx, and hands on the text of others.
    return context.text(message, statusCode > 500 ? 503 : Math.min(statusCode, 499) as 400);
  });
  return routes;
}

/** What a request shows. */
export function bearerOf({ req }: RequestContext): string {
  return /^Bearer +(\S+)$/i.exec(req.header("authorization") ?? "")?.[1] ?? "";
}

async function read<T>(
  context: RequestContext,
  parse: (bytes: Uint8Array<ArrayBuffer>) => T,
): Promise<T> {
  const bytes = await readBody(context, MAX_BYTES);
  try {
    return parse(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ApiError(400, "INVALID_INPUT", `The request cannot be read: ${error.message}`);
  }
}

function message(bytes: Uint8Array<ArrayBuffer>): Response {
  return new Response(bytes, { headers: { "content-type": "application/x-protobuf" } });
}
