/** Setting and removing the key of an environment, and where its events come in. */
import { ApiError } from "../http/api_error.ts";
import type { LocalBackend } from "../services.ts";
import {
  accountColumns,
  connectedAccount,
  forgetAccount,
  NO_WEBHOOK,
  noteConnection,
  readConnection,
} from "./connections.ts";
import {
  type Environment,
  ENVIRONMENTS,
  KEY_NAME,
  maskedKey,
  notConfigured,
  openStripe,
  requireTestKey,
  stripeWith,
  WEBHOOK_SECRET_NAME,
} from "./keys.ts";
import { syncWith } from "./sync.ts";
import { PAYMENTS_SESSION } from "./tables.ts";
import type { StripeAccount } from "./types.ts";

/** The keys, masked; InsForge's own backend shows them whole (docs/differences.md). */
export async function readConfig({ secrets }: LocalBackend) {
  const keys = ENVIRONMENTS.map(async (environment) => {
    const key = await secrets.read(KEY_NAME[environment]);
    return { environment, value: key ? maskedKey(key) : null };
  });
  return { keys: await Promise.all(keys) };
}

/**
 * Keeps a key that Stripe knows, and reads what its account has. What was mirrored of another
 * account goes.
 * @throws {ApiError} 400 for a key that must not be used, or what Stripe says of it
 */
export async function setKey(
  backend: LocalBackend,
  environment: Environment,
  key: string,
): Promise<void> {
  requireTestKey(environment, key);
  const { secrets, database } = backend;
  const before = await secrets.read(KEY_NAME[environment]);
  const connected = await connectedAccount(backend, environment);
  if (before === key && connected) return;

  const stripe = stripeWith(backend, key);
  const account = await stripe.get<StripeAccount>("account");
  const isSame = connected === account.id;
  await database.run([
    ...isSame ? [] : forgetAccount(environment),
    ...noteConnection(environment, accountColumns(account)),
  ], PAYMENTS_SESSION);
  await secrets.create({ key: KEY_NAME[environment], value: key, isReserved: true });
  if (!isSame || !before) await syncWith(backend, environment, stripe);
}

/** Forgets the key of an environment, and the secret of its events. @throws {ApiError} 404 */
export async function removeKey(backend: LocalBackend, environment: Environment): Promise<void> {
  const { secrets, database } = backend;
  if (!await secrets.read(KEY_NAME[environment])) {
    throw new ApiError(404, "PAYMENT_CONFIG_NOT_FOUND", "No Stripe key configured");
  }
  for (const name of [KEY_NAME[environment], WEBHOOK_SECRET_NAME[environment]]) {
    await secrets.update(name, { isActive: false });
  }
  await database.run(
    noteConnection(environment, {
      status: "unconfigured",
      ...NO_WEBHOOK,
      last_synced_at: null,
      last_sync_status: "failed",
      last_sync_error: notConfigured(environment).message,
      last_sync_counts: {},
    }),
    PAYMENTS_SESSION,
  );
}

/**
 * Notes where the events of an environment come in. Stripe cannot reach this machine, so nothing is
 * registered there: its command-line tool forwards them, and has told its secret.
 * @throws {ApiError} 400 that says how, when there is no secret yet
 */
export async function configureWebhook(backend: LocalBackend, environment: Environment) {
  await openStripe(backend, environment);
  if (!await backend.secrets.read(WEBHOOK_SECRET_NAME[environment])) {
    throw new ApiError(
      400,
      "PAYMENT_CONFIG_INVALID",
      "Stripe cannot reach this machine, so its command-line tool has to forward the events. " +
        forwardingHint(backend, environment),
    );
  }
  await backend.database.run(
    noteConnection(environment, {
      webhook_endpoint_url: webhookUrl(backend, environment),
      webhook_configured_at: backend.clock().toISOString(),
    }),
    PAYMENTS_SESSION,
  );
  return { connection: await readConnection(backend, environment) };
}

/** How events of Stripe's come to this machine. */
export function forwardingHint(backend: LocalBackend, environment: Environment): string {
  return `Run \`stripe listen --latest --forward-to ${webhookUrl(backend, environment)}\`, and ` +
    `keep the secret that it prints: \`insforge secrets add ${WEBHOOK_SECRET_NAME[environment]} ` +
    "whsec_…`.";
}

function webhookUrl({ url }: LocalBackend, environment: Environment): string {
  return `${url}/api/webhooks/stripe/${environment}`;
}
