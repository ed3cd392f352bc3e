/** What is read of Stripe's objects, as its API of {@link STRIPE_VERSION} has them. */

/** The API version that requests name, and that InsForge's own backend speaks. */
export const STRIPE_VERSION = "2026-04-22.dahlia";

/** Either an id, or the object itself where it was asked for. */
type Reference = string | { readonly id: string } | null;
type Metadata = Readonly<Record<string, string>>;
/** Seconds since 1970. */
type Seconds = number | null;

interface Page<T> {
  readonly data: readonly T[];
  readonly has_more?: boolean;
}

export interface StripeAccount {
  readonly id: string;
  readonly email?: string | null;
}

export interface StripeProduct {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly active: boolean;
  readonly default_price?: Reference;
  readonly metadata?: Metadata;
}

export interface StripePrice {
  readonly id: string;
  readonly product: Reference;
  readonly active: boolean;
  readonly currency: string;
  readonly unit_amount?: number | null;
  readonly unit_amount_decimal?: string | null;
  readonly type: string;
  readonly lookup_key?: string | null;
  readonly billing_scheme?: string | null;
  readonly tax_behavior?: string | null;
  readonly recurring?: { readonly interval: string; readonly interval_count?: number } | null;
  readonly metadata?: Metadata;
}

export interface StripeCustomer {
  readonly id: string;
  readonly email?: string | null;
  readonly name?: string | null;
  readonly phone?: string | null;
  readonly deleted?: boolean;
  readonly metadata?: Metadata;
  readonly created?: Seconds;
}

export interface StripeCheckout {
  readonly id: string;
  readonly mode: string;
  readonly status?: string | null;
  readonly payment_status?: string | null;
  readonly customer?: Reference;
  readonly customer_details?: { readonly email?: string | null } | null;
  readonly payment_intent?: Reference;
  readonly subscription?: Reference;
  readonly amount_total?: number | null;
  readonly currency?: string | null;
  readonly url?: string | null;
  readonly created?: Seconds;
  readonly metadata?: Metadata | null;
}

export interface StripeSubscriptionItem {
  readonly id: string;
  readonly price?: { readonly id: string; readonly product?: Reference } | null;
  readonly quantity?: number;
  readonly current_period_start?: Seconds;
  readonly current_period_end?: Seconds;
  readonly metadata?: Metadata;
}

export interface StripeSubscription {
  readonly id: string;
  readonly customer: Reference;
  readonly status: string;
  readonly items?: Page<StripeSubscriptionItem>;
  readonly cancel_at_period_end?: boolean;
  readonly cancel_at?: Seconds;
  readonly canceled_at?: Seconds;
  readonly trial_start?: Seconds;
  readonly trial_end?: Seconds;
  readonly latest_invoice?: Reference;
  readonly metadata?: Metadata;
}

export interface StripePaymentIntent {
  readonly id: string;
  readonly status?: string;
  readonly amount: number;
  readonly amount_received?: number;
  readonly currency: string;
  readonly customer?: Reference;
  readonly latest_charge?: Reference;
  readonly receipt_email?: string | null;
  readonly description?: string | null;
  readonly created?: Seconds;
  readonly metadata?: Metadata;
}

export interface StripeCharge {
  readonly id: string;
  readonly payment_intent?: Reference;
  readonly customer?: Reference;
  readonly amount_refunded: number;
  readonly refunded: boolean;
  readonly refunds?: Page<{ readonly created: number }> | null;
  readonly billing_details?: { readonly email?: string | null } | null;
  readonly description?: string | null;
  readonly metadata?: Metadata;
}

/** What an invoice, or a line of it, comes from. */
interface InvoiceParent {
  readonly subscription_details?:
    | { readonly subscription?: Reference; readonly metadata?: Metadata | null }
    | null;
  readonly subscription_item_details?: { readonly subscription?: Reference } | null;
  readonly invoice_item_details?: { readonly subscription?: Reference } | null;
}

export interface StripeInvoice {
  readonly id: string;
  readonly customer?: Reference;
  readonly customer_email?: string | null;
  readonly parent?: InvoiceParent | null;
  readonly payments?: Page<{ readonly payment: { readonly payment_intent?: Reference } }> | null;
  readonly lines?: Page<{
    readonly parent?: InvoiceParent | null;
    readonly pricing?: {
      readonly price_details?: { readonly price?: Reference; readonly product?: Reference } | null;
    } | null;
  }>;
  readonly amount_paid: number;
  readonly amount_due: number;
  readonly currency: string;
  readonly description?: string | null;
  readonly number?: string | null;
  readonly created?: Seconds;
  readonly status_transitions?: { readonly paid_at?: Seconds } | null;
  readonly metadata?: Metadata | null;
}

export interface StripeRefund {
  readonly id: string;
  readonly payment_intent?: Reference;
  readonly charge?: Reference;
  readonly status: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly reason?: string | null;
  readonly description?: string | null;
  readonly created?: Seconds;
}

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly livemode: boolean;
  readonly account?: string;
  readonly created: number;
  readonly data: { readonly object: object };
}

/** The id of what an object refers to. */
export function idOf(reference: Reference | undefined): string | null {
  return (typeof reference === "string" ? reference : reference?.id) || null;
}

/** A time of Stripe's as PostgreSQL takes it. */
export function timeOf(seconds: Seconds | undefined): string | null {
  return seconds ? new Date(seconds * 1000).toISOString() : null;
}
