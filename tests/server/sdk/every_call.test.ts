import * as main from "@insforge/sdk";
import * as ssr from "@insforge/sdk/ssr";
import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { StripeStandIn } from "../../support/stripe.ts";
import { authCalls } from "./auth_calls.ts";
import { Bench, type Calls, TestClock } from "./calls.ts";
import { clientCalls } from "./client_calls.ts";
import { dataCalls, ITEMS } from "./data_calls.ts";
import { realtimeCalls } from "./realtime_calls.ts";
import { MIRROR, serviceCalls } from "./service_calls.ts";
import { ssrCalls } from "./ssr_calls.ts";
import { storageCalls } from "./storage_calls.ts";

const STRIPE_KEY = "sk_test_of_every_call";

const CALLS: Calls = {
  ...authCalls,
  ...clientCalls,
  ...dataCalls,
  ...realtimeCalls,
  ...serviceCalls,
  ...ssrCalls,
  ...storageCalls,
};

/** Methods that TypeScript calls private, and what is no call. */
const OWN = new Set(
  `isServerMode saveSessionFromResponse detectAuthCallback buildUrl isRetryableStatus
  computeRetryDelay shouldRefreshAccessToken fetchWithRetry handleRequest refreshAndSaveSession
  clearAuthSession buildInProcessRequest notifyListeners getHandshakeToken reconnectForAuthChange
  handleDisconnect resubscribeChannels requestSubscription settleSubscription applyPresenceEvent
  uploadWithPresignedUrl requestDownloadStrategy parseSSEStream constructor`.split(/\s+/),
);

/** Every public method of the official SDK, as the checks are named. */
function everyCall(): string[] {
  const sdk = main.createClient({ baseUrl: "http://127.0.0.1:1", anonKey: "anon" });
  const table = sdk.database.from("items");
  const actions = ssr.createAuthActions({
    baseUrl: "http://127.0.0.1:1",
    anonKey: "anon",
    cookies: { get: () => undefined, set: () => {} },
  });
  const parts: Record<string, object> = {
    client: sdk,
    http: sdk.getHttpClient(),
    auth: sdk.auth,
    database: sdk.database,
    schema: sdk.database.schema("public"),
    table,
    rows: table.select(),
    storage: sdk.storage,
    bucket: sdk.storage.from("any"),
    functions: sdk.functions,
    realtime: sdk.realtime,
    emails: sdk.emails,
    chat: sdk.ai.chat.completions,
    embeddings: sdk.ai.embeddings,
    images: sdk.ai.images,
    stripe: sdk.payments.stripe,
    razorpay: sdk.payments.razorpay,
  };
  const named = (part: string, names: string[]) => names.map((name) => `${part}.${name}`);
  return [
    ...Object.entries(parts).flatMap(([part, value]) => named(part, methodsOf(value))),
    ...named("actions", Object.keys(actions)),
    ...named("sdk", functionsOf(main)),
    ...named("ssr", functionsOf(ssr)),
  ].sort();
}

function methodsOf(value: object): string[] {
  const names = new Set<string>();
  let prototype = Object.getPrototypeOf(value);
  for (; prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype)) {
    for (const name of Object.getOwnPropertyNames(prototype)) if (!OWN.has(name)) names.add(name);
  }
  return [...names];
}

/** What a module exports beside classes and values. */
function functionsOf(module: Record<string, unknown>): string[] {
  return Object.keys(module).filter((name) =>
    typeof module[name] === "function" && /^[a-z]/.test(name) && name !== "default"
  );
}

describe("every call of the official SDK does what it says", () => {
  let backend: TestBackend;
  let bench: Bench;
  let stripe: StripeStandIn;

  beforeAll(async () => {
    const clock = new TestClock();
    stripe = new StripeStandIn([STRIPE_KEY]);
    backend = await startBackend({
      ai: { echo: true },
      clock: clock.now,
      stripeUrl: stripe.url,
    });
    await backend.request("PUT", "/api/payments/stripe/test/config", { secretKey: STRIPE_KEY });
    await backend.sql(ITEMS);
    await backend.request("POST", "/api/realtime/channels", { pattern: "room:%" });
    for (const [bucketName, isPublic] of [["open", true], ["closed", false]]) {
      await backend.request("POST", "/api/storage/buckets", { bucketName, isPublic });
    }
    await backend.request("POST", "/api/functions", {
      slug: "mirror",
      name: "mirror",
      code: MIRROR,
    });
    bench = new Bench(backend, clock);
  });
  afterAll(async () => {
    bench.close();
    await backend.close();
    await stripe[Symbol.asyncDispose]();
  });

  it("has a check for each", () => {
    const checked = Object.keys(CALLS).map((name) => name.split(" ")[0]!);
    assertEquals([...new Set(checked)].sort(), everyCall());
  });

  for (const [name, check] of Object.entries(CALLS)) it(name, async () => void await check(bench));
});
