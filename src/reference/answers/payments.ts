/** Answers of the commands about payments. */
import {
  flag,
  type JsonSchema,
  list,
  maybe,
  object,
  record,
  text,
  time,
  whole,
} from "./json_schema.ts";

const connection = object({ environment: text, status: text }, {
  accountId: maybe(text),
  accountEmail: maybe(text),
  accountLivemode: maybe(flag),
  webhookEndpointId: maybe(text),
  webhookEndpointUrl: maybe(text),
  webhookConfiguredAt: maybe(time),
  maskedKey: maybe(text),
  lastSyncedAt: maybe(time),
  lastSyncStatus: maybe(text),
  lastSyncError: maybe(text),
  lastSyncCounts: record(whole),
});

const configured = object({ provider: text, environment: text, configured: flag });

const product = object({ productId: text, name: text, active: flag }, {
  environment: text,
  description: maybe(text),
  defaultPriceId: maybe(text),
  metadata: record(text),
  syncedAt: time,
});

const price = object({ priceId: text, active: flag, currency: text }, {
  environment: text,
  productId: maybe(text),
  unitAmount: maybe(whole),
  unitAmountDecimal: maybe(text),
  type: text,
  lookupKey: maybe(text),
  billingScheme: maybe(text),
  taxBehavior: maybe(text),
  recurringInterval: maybe(text),
  recurringIntervalCount: maybe(whole),
  metadata: record(text),
  syncedAt: time,
});

const subject = { subjectType: maybe(text), subjectId: maybe(text) };

const customer = object({ providerCustomerId: text, deleted: flag }, {
  environment: text,
  provider: text,
  email: maybe(text),
  name: maybe(text),
  phone: maybe(text),
  metadata: record(text),
  paymentsCount: whole,
  lastPaymentAt: maybe(time),
  totalSpend: maybe(whole),
  totalSpendCurrency: maybe(text),
  paymentMethodBrand: maybe(text),
  paymentMethodLast4: maybe(text),
  countryCode: maybe(text),
  providerCreatedAt: maybe(time),
  syncedAt: time,
});

const subscription = object({ subscriptionId: text, status: text }, {
  environment: text,
  customerId: maybe(text),
  ...subject,
  currentPeriodStart: maybe(time),
  currentPeriodEnd: maybe(time),
  cancelAtPeriodEnd: flag,
  cancelAt: maybe(time),
  canceledAt: maybe(time),
  items: list(object({ subscriptionItemId: text }, {
    productId: maybe(text),
    priceId: maybe(text),
    quantity: maybe(whole),
  })),
});

const transaction = object({ type: text, status: text }, {
  environment: text,
  provider: text,
  ...subject,
  providerCustomerId: maybe(text),
  customerEmailSnapshot: maybe(text),
  providerReferenceId: maybe(text),
  providerReferenceType: maybe(text),
  amount: maybe(whole),
  amountRefunded: maybe(whole),
  currency: maybe(text),
  description: maybe(text),
  paidAt: maybe(time),
  failedAt: maybe(time),
  refundedAt: maybe(time),
  providerCreatedAt: maybe(time),
});

export const payments: Readonly<Record<string, JsonSchema>> = {
  "payments stripe status": object({ connections: list(connection) }),
  "payments stripe config set": configured,
  "payments stripe config remove": configured,
  "payments stripe sync": object({
    results: list(object({ environment: text, connection }, {
      subscriptions: maybe(object({ synced: whole, unmapped: whole, deleted: whole })),
    })),
  }),
  "payments stripe webhooks configure": object({ connection }),
  "payments stripe catalog": object({ products: list(product), prices: list(price) }),
  "payments stripe products list": object({ products: list(product) }),
  "payments stripe products get": object({ product, prices: list(price) }),
  "payments stripe products create": object({ product }),
  "payments stripe products update": object({ product }),
  "payments stripe products delete": object({ productId: text, deleted: flag }),
  "payments stripe prices list": object({ prices: list(price) }),
  "payments stripe prices get": object({ price }),
  "payments stripe prices create": object({ price }),
  "payments stripe prices update": object({ price }),
  "payments stripe prices archive": object({ price, archived: flag }),
  "payments stripe customers": object({ customers: list(customer) }),
  "payments stripe subscriptions": object({ subscriptions: list(subscription) }),
  "payments stripe transactions": object({ transactions: list(transaction) }),
};
