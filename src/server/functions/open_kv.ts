/** `Deno.openKv` as functions see it: Deno's own client, of the project's store or another. */
import type { KvAccess } from "../kv/access.ts";
import { KV_TOKEN } from "./protocol.ts";

/** The variable that names the store that is opened without a path. */
const DEFAULT_PATH = "DENO_KV_DEFAULT_PATH";
/** Deno keeps it in the function's own process. */
const IN_MEMORY = ":memory:";

/**
 * @param own the store that is opened without a path
 * @param variable what a function's environment says
 */
export function kvOpener(
  own: KvAccess | undefined,
  variable: (name: string) => string | undefined,
): typeof Deno.openKv {
  const { env, openKv } = Deno;
  return async (given) => {
    // What is given may become another string each time.
    const named = given ?? variable(DEFAULT_PATH);
    const path = named === undefined ? undefined : `${named}`;
    if (path === IN_MEMORY) return await openKv(path);
    const store = path === undefined ? own : remote(path, variable(KV_TOKEN));
    if (!store) throw new Deno.errors.NotSupported("there is no key-value store here");
    // Deno reads it at once; nothing comes in between.
    env.set(KV_TOKEN, store.token);
    const opening = openKv(store.url);
    env.delete(KV_TOKEN);
    return withoutQueues(await opening);
  };
}

function remote(path: string, token: string | undefined): KvAccess {
  if (!/^https?:\/\//i.test(path)) {
    throw new Deno.errors.NotCapable(
      `Deno.openKv cannot open ${path}: edge functions have no access to files. ` +
        "Without a path it opens the project's store",
    );
  }
  if (!token) throw new TypeError(`Deno.openKv needs ${KV_TOKEN}, as a secret, for ${path}`);
  return { url: path, token };
}

/** What Deno's client waits for in vain says so. */
function withoutQueues(kv: Deno.Kv): Deno.Kv {
  const refuse = () =>
    Promise.reject(
      new Deno.errors.NotSupported(
        "edge functions have no queues of Deno KV: have a schedule call a function, " +
          "and keep what is to be done in the store or in a table",
      ),
    );
  return Object.assign(kv, { enqueue: refuse, listenQueue: refuse });
}
