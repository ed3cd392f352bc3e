/** Payments of any provider: connections, customers, transactions, webhook events. */
export const PAYMENTS_SQL = `
CREATE TABLE payments.provider_connections (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]*$'),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  status text NOT NULL DEFAULT 'unconfigured'
    CHECK (status IN ('unconfigured', 'connected', 'error')),
  provider_account_id text,
  account_email text,
  account_name text,
  account_livemode boolean,
  webhook_endpoint_id text,
  webhook_endpoint_url text,
  webhook_configured_at timestamptz,
  last_synced_at timestamptz,
  last_sync_status text
    CHECK (last_sync_status IN ('succeeded', 'failed')),
  last_sync_error text,
  last_sync_counts jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, environment)
);

CREATE TABLE payments.customers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  email text,
  name text,
  phone text,
  deleted boolean NOT NULL DEFAULT false,
  metadata jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  synced_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]*$'),
  provider_customer_id text NOT NULL,
  provider_created_at timestamptz
);
CREATE UNIQUE INDEX customers_provider_customer_id
  ON payments.customers (provider, environment, provider_customer_id);

CREATE TABLE payments.customer_mappings (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]*$'),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  subject_type text NOT NULL,
  subject_id text NOT NULL,
  provider_customer_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, environment, subject_type, subject_id),
  UNIQUE (provider, environment, provider_customer_id)
);

CREATE TABLE payments.transactions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]*$'),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  type text NOT NULL
    CHECK (type IN ('one_time_payment', 'subscription_invoice', 'refund', 'failed_payment')),
  status text NOT NULL
    CHECK (status IN ('succeeded', 'failed', 'pending', 'refunded', 'partially_refunded')),
  subject_type text,
  subject_id text,
  provider_customer_id text,
  customer_email_snapshot text,
  provider_object_type text,
  provider_object_id text,
  provider_parent_object_type text,
  provider_parent_object_id text,
  related_object_ids jsonb NOT NULL DEFAULT '{}',
  amount bigint,
  amount_refunded bigint NOT NULL DEFAULT 0,
  currency text,
  description text,
  paid_at timestamptz,
  failed_at timestamptz,
  refunded_at timestamptz,
  provider_created_at timestamptz,
  raw jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX transactions_provider_object
  ON payments.transactions (provider, environment, provider_object_type, provider_object_id)
  WHERE provider_object_type IS NOT NULL AND provider_object_id IS NOT NULL;

CREATE TABLE payments.webhook_events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  event_type text NOT NULL,
  livemode boolean NOT NULL,
  object_type text,
  object_id text,
  processing_status text NOT NULL DEFAULT 'pending'
    CHECK (processing_status IN ('pending', 'processed', 'failed', 'ignored')),
  attempt_count integer NOT NULL DEFAULT 0,
  last_error text,
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  processed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]*$'),
  provider_event_id text NOT NULL,
  provider_account_id text
);
CREATE UNIQUE INDEX webhook_events_provider_event
  ON payments.webhook_events (provider, environment, provider_event_id);

-- Where earlier releases kept what "transactions" holds now: the public shop template hangs a trigger on it.
CREATE TABLE payments.payment_history (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  type text NOT NULL,
  status text NOT NULL,
  subject_type text,
  subject_id text,
  stripe_customer_id text,
  customer_email_snapshot text,
  stripe_checkout_session_id text,
  stripe_payment_intent_id text,
  stripe_invoice_id text,
  stripe_charge_id text,
  stripe_refund_id text,
  stripe_subscription_id text,
  stripe_product_id text,
  stripe_price_id text,
  amount bigint,
  amount_refunded bigint,
  currency text,
  description text,
  paid_at timestamptz,
  failed_at timestamptz,
  refunded_at timestamptz,
  stripe_created_at timestamptz,
  raw jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

GRANT USAGE ON SCHEMA payments TO anon, authenticated;
GRANT TRIGGER ON payments.customers, payments.webhook_events, payments.payment_history
  TO project_admin;
`;
