/** Milliseconds that running requests have to finish when a server closes. */
const GRACE_MS = 3000;

/** Takes no new requests and waits for those that run, though not for ever. */
export async function drain(http: Deno.HttpServer): Promise<void> {
  let timer: number | undefined;
  const patience = new Promise((resolve) => timer = setTimeout(resolve, GRACE_MS));
  await Promise.race([http.shutdown(), patience]);
  clearTimeout(timer);
}
