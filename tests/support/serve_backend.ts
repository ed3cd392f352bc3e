/**
 * Serves the data directory named by the first argument; prints its address and key as one JSON
 * line.
 */
import { CHECKOUT } from "./backend.ts";
import { serve } from "../../src/server/instance.ts";

await serve({
  dataDir: Deno.args[0]!,
  snapshots: `${Deno.args[0]}-snapshots`,
  port: 0,
  version: "0.0.0-test",
  self: CHECKOUT,
  onReady: ({ url, apiKey }) => console.log(JSON.stringify({ url, apiKey })),
});
