/** Where the backend's key-value store answers functions, and the project's owner. */
export const KV_PATH = "/api/local/kv";

/** How functions reach their store. */
export interface KvAccess {
  /** What `Deno.openKv` takes. */
  readonly url: string;
  /** What Deno reads as DENO_KV_ACCESS_TOKEN. */
  readonly token: string;
}
