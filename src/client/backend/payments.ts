/** Payments by Stripe: section 21 of the HTTP contract. */
import type {
  CreateStripePriceBody,
  CreateStripeProductBody,
  PaymentCustomerListItem,
  PaymentEnvironment,
  PaymentTransaction,
  StripeConnection,
  StripePrice,
  StripeProduct,
  StripeSubscription,
  SyncStripePaymentsEnvironmentResult,
  UpdateStripePriceBody,
  UpdateStripeProductBody,
} from "../../shared/contract/backend.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

const BASE = "/api/payments/stripe";

/** How many rows, and of whom. */
export interface Wanted {
  readonly limit: number;
  readonly subjectType?: string;
  readonly subjectId?: string;
}

/** How each environment is connected. */
export function readConnections(
  backend: HttpClient,
): Promise<{ readonly connections: StripeConnection[] }> {
  return backend.json("GET", `${BASE}/status`);
}

/** Keeps a key, and reads what its account has. @throws {HttpError} what Stripe says of it */
export async function setStripeKey(
  backend: HttpClient,
  environment: PaymentEnvironment,
  secretKey: string,
): Promise<void> {
  await backend.json("PUT", `${BASE}${path(environment)}/config`, { json: { secretKey } });
}

/** Forgets a key. @throws {HttpError} 404 when there is none */
export async function removeStripeKey(
  backend: HttpClient,
  environment: PaymentEnvironment,
): Promise<void> {
  await backend.json("DELETE", `${BASE}${path(environment)}/config`);
}

/** Reads what Stripe has, of all environments unless one is named. */
export function syncStripe(
  backend: HttpClient,
  environment: PaymentEnvironment | undefined,
): Promise<{ readonly results: SyncStripePaymentsEnvironmentResult[] }> {
  return backend.json("POST", `${BASE}${environment ? path(environment) : ""}/sync`);
}

/** Has Stripe's events come in. @throws {HttpError} 400 that says what is to be done */
export function configureStripeWebhook(
  backend: HttpClient,
  environment: PaymentEnvironment,
): Promise<{ readonly connection: StripeConnection }> {
  return backend.json("POST", `${BASE}${path(environment)}/webhook`);
}

/** All products and prices, as they were last read. */
export function readCatalog(
  backend: HttpClient,
  environment: PaymentEnvironment,
): Promise<{ readonly products: StripeProduct[]; readonly prices: StripePrice[] }> {
  return backend.json("GET", `${BASE}${path(environment)}/catalog`);
}

/** One product with its prices. @throws {HttpError} 404 */
export function readProduct(
  backend: HttpClient,
  environment: PaymentEnvironment,
  id: string,
): Promise<{ readonly product: StripeProduct; readonly prices: StripePrice[] }> {
  return backend.json("GET", `${BASE}${path(environment)}/catalog/products${path(id)}`);
}

export function createProduct(
  backend: HttpClient,
  environment: PaymentEnvironment,
  product: CreateStripeProductBody,
): Promise<{ readonly product: StripeProduct }> {
  return backend.json("POST", `${BASE}${path(environment)}/catalog/products`, { json: product });
}

/** @throws {HttpError} 404 */
export function updateProduct(
  backend: HttpClient,
  environment: PaymentEnvironment,
  id: string,
  changes: UpdateStripeProductBody,
): Promise<{ readonly product: StripeProduct }> {
  const address = `${BASE}${path(environment)}/catalog/products${path(id)}`;
  return backend.json("PATCH", address, { json: changes });
}

/** @throws {HttpError} 404, or 400 for one that has prices */
export function deleteProduct(
  backend: HttpClient,
  environment: PaymentEnvironment,
  id: string,
): Promise<{ readonly productId: string; readonly deleted: boolean }> {
  return backend.json("DELETE", `${BASE}${path(environment)}/catalog/products${path(id)}`);
}

/** Prices, of one product where it is named. */
export function listPrices(
  backend: HttpClient,
  environment: PaymentEnvironment,
  productId: string | undefined,
): Promise<{ readonly prices: StripePrice[] }> {
  return backend.json("GET", `${BASE}${path(environment)}/catalog/prices`, {
    query: { productId },
  });
}

/** @throws {HttpError} 404 */
export function readPrice(
  backend: HttpClient,
  environment: PaymentEnvironment,
  id: string,
): Promise<{ readonly price: StripePrice }> {
  return backend.json("GET", `${BASE}${path(environment)}/catalog/prices${path(id)}`);
}

export function createPrice(
  backend: HttpClient,
  environment: PaymentEnvironment,
  price: CreateStripePriceBody,
): Promise<{ readonly price: StripePrice }> {
  return backend.json("POST", `${BASE}${path(environment)}/catalog/prices`, { json: price });
}

/** @throws {HttpError} 404 */
export function updatePrice(
  backend: HttpClient,
  environment: PaymentEnvironment,
  id: string,
  changes: UpdateStripePriceBody,
): Promise<{ readonly price: StripePrice }> {
  const address = `${BASE}${path(environment)}/catalog/prices${path(id)}`;
  return backend.json("PATCH", address, { json: changes });
}

/** Takes a price off sale; Stripe deletes none. @throws {HttpError} 404 */
export function archivePrice(
  backend: HttpClient,
  environment: PaymentEnvironment,
  id: string,
): Promise<{ readonly price: StripePrice; readonly archived: boolean }> {
  return backend.json("DELETE", `${BASE}${path(environment)}/catalog/prices${path(id)}`);
}

export function listPaymentCustomers(
  backend: HttpClient,
  environment: PaymentEnvironment,
  query: Pick<Wanted, "limit">,
): Promise<{ readonly customers: PaymentCustomerListItem[] }> {
  return backend.json("GET", `${BASE}${path(environment)}/customers`, { query: { ...query } });
}

export function listSubscriptions(
  backend: HttpClient,
  environment: PaymentEnvironment,
  query: Wanted,
): Promise<{ readonly subscriptions: StripeSubscription[] }> {
  return backend.json("GET", `${BASE}${path(environment)}/subscriptions`, { query: { ...query } });
}

export function listTransactions(
  backend: HttpClient,
  environment: PaymentEnvironment,
  query: Wanted,
): Promise<{ readonly transactions: PaymentTransaction[] }> {
  return backend.json("GET", `${BASE}${path(environment)}/transactions`, { query: { ...query } });
}
