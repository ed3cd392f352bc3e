/** Stripe's catalogue, the sessions that an app opens, and its subscriptions. */
export const STRIPE_SQL = `
CREATE TABLE payments.stripe_products (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  product_id text NOT NULL,
  name text NOT NULL,
  description text,
  active boolean NOT NULL,
  default_price_id text,
  metadata jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  synced_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX stripe_products_environment_product
  ON payments.stripe_products (environment, product_id);

CREATE TABLE payments.stripe_prices (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  price_id text NOT NULL,
  product_id text,
  active boolean NOT NULL,
  currency text NOT NULL,
  unit_amount bigint,
  unit_amount_decimal text,
  type text NOT NULL,
  lookup_key text,
  billing_scheme text,
  tax_behavior text,
  recurring_interval text,
  recurring_interval_count integer,
  metadata jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  synced_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX stripe_prices_environment_price
  ON payments.stripe_prices (environment, price_id);

CREATE TABLE payments.stripe_checkout_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  mode text NOT NULL CHECK (mode IN ('payment', 'subscription')),
  status text NOT NULL DEFAULT 'initialized'
    CHECK (status IN ('initialized', 'open', 'completed', 'expired', 'failed')),
  payment_status text
    CHECK (payment_status IN ('paid', 'unpaid', 'no_payment_required')),
  subject_type text,
  subject_id text,
  customer_email text,
  line_items jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(line_items) = 'array'),
  success_url text NOT NULL,
  cancel_url text NOT NULL,
  idempotency_key text,
  metadata jsonb NOT NULL DEFAULT '{}',
  checkout_session_id text,
  customer_id text,
  payment_intent_id text,
  subscription_id text,
  url text,
  last_error text,
  raw jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  request_hash text
);
CREATE UNIQUE INDEX stripe_checkout_sessions_environment_session
  ON payments.stripe_checkout_sessions (environment, checkout_session_id)
  WHERE checkout_session_id IS NOT NULL;
CREATE UNIQUE INDEX stripe_checkout_sessions_environment_idempotency
  ON payments.stripe_checkout_sessions (environment, idempotency_key)
  WHERE idempotency_key IS NOT NULL;

CREATE TABLE payments.stripe_customer_portal_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  status text NOT NULL DEFAULT 'initialized' CHECK (status IN ('initialized', 'created', 'failed')),
  subject_type text NOT NULL,
  subject_id text NOT NULL,
  customer_id text,
  return_url text,
  configuration_id text,
  url text,
  last_error text,
  raw jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE payments.stripe_subscriptions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  subscription_id text NOT NULL,
  customer_id text NOT NULL,
  subject_type text,
  subject_id text,
  status text NOT NULL,
  current_period_start timestamptz,
  current_period_end timestamptz,
  cancel_at_period_end boolean NOT NULL DEFAULT false,
  cancel_at timestamptz,
  canceled_at timestamptz,
  trial_start timestamptz,
  trial_end timestamptz,
  latest_invoice_id text,
  metadata jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  synced_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX stripe_subscriptions_environment_subscription
  ON payments.stripe_subscriptions (environment, subscription_id);

CREATE TABLE payments.stripe_subscription_items (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  subscription_item_id text NOT NULL,
  subscription_id text NOT NULL,
  product_id text,
  price_id text,
  quantity bigint,
  metadata jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX stripe_subscription_items_environment_item
  ON payments.stripe_subscription_items (environment, subscription_item_id);

GRANT SELECT, INSERT ON payments.stripe_checkout_sessions, payments.stripe_customer_portal_sessions
  TO anon, authenticated;
GRANT INSERT, TRIGGER
  ON payments.stripe_checkout_sessions, payments.stripe_customer_portal_sessions
  TO project_admin;
`;
