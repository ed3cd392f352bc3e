/** How products and prices are shown. */
import type { StripePrice, StripeProduct } from "../../shared/contract/backend.ts";
import { table, type View } from "../../terminal/view.ts";

/** An amount in the smallest unit of its currency, as people write it. */
export function amountOf(
  amount: number | null | undefined,
  currency: string | null | undefined,
): string {
  if (amount === null || amount === undefined || !currency) return "";
  const code = currency.toUpperCase();
  try {
    const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat("en", {
      style: "currency",
      currency: code,
    }).resolvedOptions();
    return `${(amount / 10 ** digits).toFixed(digits)} ${code}`;
  } catch {
    return `${amount} ${code}`;
  }
}

export function productsTable(products: readonly StripeProduct[]): View {
  return table(
    [
      { title: "Product", whole: true },
      "Name",
      { title: "Active", spare: true },
      { title: "Description", spare: true },
    ],
    products.map(({ productId, name, active, description }) => [
      productId,
      name,
      active ? "yes" : "no",
      description ?? "",
    ]),
    "There are no products.",
  );
}

export function pricesTable(prices: readonly StripePrice[]): View {
  return table(
    [
      { title: "Price", whole: true },
      { title: "Product", whole: true, spare: true },
      { title: "Amount", align: "right" },
      "Every",
      { title: "Active", spare: true },
      { title: "Lookup key", spare: true },
    ],
    prices.map((price) => [
      price.priceId,
      price.productId ?? "",
      amountOf(price.unitAmount, price.currency),
      intervalOf(price),
      price.active ? "yes" : "no",
      price.lookupKey ?? "",
    ]),
    "There are no prices.",
  );
}

function intervalOf({ recurringInterval, recurringIntervalCount }: StripePrice): string {
  if (!recurringInterval) return "";
  const count = recurringIntervalCount ?? 1;
  return count === 1 ? recurringInterval : `${count} ${recurringInterval}s`;
}
