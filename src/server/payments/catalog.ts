/** Products and prices: changed at Stripe, and read from the mirror (contract section 21.2). */
import {
  createStripePriceBodySchema,
  createStripeProductBodySchema,
  listStripePricesQuerySchema,
  type StripePrice as Price,
  type StripeProduct as Product,
  updateStripePriceBodySchema,
  updateStripeProductBodySchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { parseBody, parseValue } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { type Form, idempotencyKeyOf } from "./client.ts";
import { environmentOf } from "./environment.ts";
import { type Environment, openStripe } from "./keys.ts";
import { PAYMENTS_SESSION, type Row, upsert } from "./tables.ts";
import type { Turns } from "./turns.ts";
import { idOf, type StripePrice, type StripeProduct } from "./types.ts";

const PRODUCT_COLUMNS = `environment, product_id AS "productId", name, description, active,
  default_price_id AS "defaultPriceId", metadata, synced_at AS "syncedAt"`;
const PRICE_COLUMNS = `environment, price_id AS "priceId", product_id AS "productId", active,
  currency, unit_amount::float8 AS "unitAmount", unit_amount_decimal AS "unitAmountDecimal", type,
  lookup_key AS "lookupKey", billing_scheme AS "billingScheme", tax_behavior AS "taxBehavior",
  recurring_interval AS "recurringInterval", recurring_interval_count AS "recurringIntervalCount",
  metadata, synced_at AS "syncedAt"`;

/** Routes below `/{environment}/catalog`, for the owner. */
export function catalog(backend: LocalBackend, turns: Turns): Area {
  const { database } = backend;

  async function products(environment: Environment, id?: string): Promise<Product[]> {
    const { rows } = await database.query<Product>(
      `SELECT ${PRODUCT_COLUMNS} FROM payments.stripe_products
      WHERE environment = $1 AND ($2::text IS NULL OR product_id = $2) ORDER BY name, product_id`,
      [environment, id],
    );
    return rows;
  }

  async function prices(
    environment: Environment,
    { product, id }: { product?: string; id?: string } = {},
  ): Promise<Price[]> {
    const { rows } = await database.query<Price>(
      `SELECT ${PRICE_COLUMNS} FROM payments.stripe_prices
      WHERE environment = $1 AND ($2::text IS NULL OR product_id = $2)
        AND ($3::text IS NULL OR price_id = $3) ORDER BY product_id, price_id`,
      [environment, product, id],
    );
    return rows;
  }

  const now = () => backend.clock().toISOString();

  async function keepProduct(environment: Environment, product: StripeProduct): Promise<Product> {
    const row = productRow(environment, product, now());
    await database.run(
      upsert("stripe_products", ["environment", "product_id"], [row]),
      PAYMENTS_SESSION,
    );
    return (await products(environment, product.id))[0]!;
  }

  async function keepPrice(environment: Environment, price: StripePrice): Promise<Price> {
    const row = priceRow(environment, price, now());
    await database.run(
      upsert("stripe_prices", ["environment", "price_id"], [row]),
      PAYMENTS_SESSION,
    );
    return (await prices(environment, { id: price.id }))[0]!;
  }

  return new Hono<RequestVariables>()
    .get("/", async (context) => {
      const environment = environmentOf(context);
      return context.json({
        products: await products(environment),
        prices: await prices(environment),
      });
    })
    .get("/products", async (context) => {
      return context.json({ products: await products(environmentOf(context)) });
    })
    .post("/products", async (context) => {
      const environment = environmentOf(context);
      const fields = await parseBody(context, createStripeProductBodySchema);
      const product = await turns.take(environment, async () => {
        const stripe = await openStripe(backend, environment);
        const { idempotencyKey, description, ...form } = fields;
        const made = await stripe.post<StripeProduct>(
          "products",
          { ...form, description: description ?? undefined },
          idempotencyKeyOf(environment, "product", idempotencyKey),
        );
        return await keepProduct(environment, made);
      });
      return context.json({ product }, 201);
    })
    .get("/products/:id", async (context) => {
      const environment = environmentOf(context);
      const id = context.req.param("id");
      const [product] = await products(environment, id);
      if (!product) throw notFound("PAYMENT_PRODUCT_NOT_FOUND", "product", environment, id);
      return context.json({ product, prices: await prices(environment, { product: id }) });
    })
    .patch("/products/:id", async (context) => {
      const environment = environmentOf(context);
      const fields = await parseBody(context, updateStripeProductBodySchema);
      const product = await turns.take(environment, async () => {
        const stripe = await openStripe(backend, environment);
        const changed = await stripe.post<StripeProduct>(
          `products/${encodeURIComponent(context.req.param("id"))}`,
          { ...fields, description: emptied(fields.description) },
        );
        return await keepProduct(environment, changed);
      });
      return context.json({ product });
    })
    .delete("/products/:id", async (context) => {
      const environment = environmentOf(context);
      return context.json(
        await turns.take(environment, async () => {
          const stripe = await openStripe(backend, environment);
          const { id, deleted } = await stripe.delete<{ id: string; deleted: boolean }>(
            `products/${encodeURIComponent(context.req.param("id"))}`,
          );
          const gone = deleted ? ["stripe_prices", "stripe_products"] : [];
          await database.run(
            gone.map((table) => ({
              sql: `DELETE FROM payments.${table} WHERE environment = $1 AND product_id = $2`,
              params: [environment, id],
            })),
            PAYMENTS_SESSION,
          );
          return { productId: id, deleted };
        }),
      );
    })
    .get("/prices", async (context) => {
      const { productId } = parseValue(context.req.query(), listStripePricesQuerySchema);
      return context.json({ prices: await prices(environmentOf(context), { product: productId }) });
    })
    .post("/prices", async (context) => {
      const environment = environmentOf(context);
      const fields = await parseBody(context, createStripePriceBodySchema);
      const price = await turns.take(environment, async () => {
        const stripe = await openStripe(backend, environment);
        const { recurring } = fields;
        const made = await stripe.post<StripePrice>("prices", {
          product: fields.productId,
          currency: fields.currency,
          unit_amount: fields.unitAmount,
          lookup_key: fields.lookupKey ?? undefined,
          active: fields.active,
          recurring: recurring &&
            { interval: recurring.interval, interval_count: recurring.intervalCount },
          tax_behavior: fields.taxBehavior,
          metadata: fields.metadata,
        }, idempotencyKeyOf(environment, "price", fields.idempotencyKey));
        return await keepPrice(environment, made);
      });
      return context.json({ price }, 201);
    })
    .get("/prices/:id", async (context) => {
      const environment = environmentOf(context);
      const id = context.req.param("id");
      const [price] = await prices(environment, { id });
      if (!price) throw notFound("PAYMENT_PRICE_NOT_FOUND", "price", environment, id);
      return context.json({ price });
    })
    .patch("/prices/:id", async (context) => {
      const environment = environmentOf(context);
      const fields = await parseBody(context, updateStripePriceBodySchema);
      const price = await changePrice(environment, context.req.param("id"), {
        active: fields.active,
        lookup_key: emptied(fields.lookupKey),
        tax_behavior: fields.taxBehavior,
        metadata: fields.metadata,
      });
      return context.json({ price });
    })
    .delete("/prices/:id", async (context) => {
      // Stripe deletes no price: what was sold for it stays comprehensible.
      const price = await changePrice(environmentOf(context), context.req.param("id"), {
        active: false,
      });
      return context.json({ price, archived: !price.active });
    });

  function changePrice(environment: Environment, id: string, form: Form): Promise<Price> {
    return turns.take(environment, async () => {
      const stripe = await openStripe(backend, environment);
      const changed = await stripe.post<StripePrice>(`prices/${encodeURIComponent(id)}`, form);
      return await keepPrice(environment, changed);
    });
  }
}

/** Stripe empties what is sent as an empty text. */
function emptied(text: string | null | undefined): string | undefined {
  return text === null ? "" : text;
}

export function productRow(environment: Environment, product: StripeProduct, at: string): Row {
  return {
    environment,
    product_id: product.id,
    name: product.name,
    description: product.description ?? null,
    active: product.active,
    default_price_id: idOf(product.default_price),
    metadata: product.metadata ?? {},
    raw: product,
    synced_at: at,
  };
}

export function priceRow(environment: Environment, price: StripePrice, at: string): Row {
  return {
    environment,
    price_id: price.id,
    product_id: idOf(price.product),
    active: price.active,
    currency: price.currency,
    unit_amount: price.unit_amount ?? null,
    unit_amount_decimal: price.unit_amount_decimal ?? null,
    type: price.type,
    lookup_key: price.lookup_key ?? null,
    billing_scheme: price.billing_scheme ?? null,
    tax_behavior: price.tax_behavior ?? null,
    recurring_interval: price.recurring?.interval ?? null,
    recurring_interval_count: price.recurring?.interval_count ?? null,
    metadata: price.metadata ?? {},
    raw: price,
    synced_at: at,
  };
}

function notFound(
  code: "PAYMENT_PRODUCT_NOT_FOUND" | "PAYMENT_PRICE_NOT_FOUND",
  kind: string,
  environment: Environment,
  id: string,
): ApiError {
  return new ApiError(
    404,
    code,
    `Stripe ${environment} ${kind} not found: ${id}`,
    `POST /api/payments/stripe/${environment}/sync reads what Stripe has.`,
  );
}
