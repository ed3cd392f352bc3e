/**
 * Razorpay's catalogue, orders and subscriptions, and the upkeep of `updated_at` in all of
 * payments.
 */
export const RAZORPAY_SQL = `
CREATE TABLE payments.razorpay_items (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  item_id text NOT NULL,
  name text NOT NULL,
  description text,
  active boolean NOT NULL DEFAULT true,
  amount bigint,
  unit_amount bigint,
  currency text NOT NULL,
  type text,
  raw jsonb NOT NULL DEFAULT '{}',
  provider_created_at timestamptz,
  synced_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (environment, item_id)
);

CREATE TABLE payments.razorpay_plans (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  plan_id text NOT NULL,
  item_id text NOT NULL,
  period text NOT NULL,
  "interval" integer NOT NULL,
  amount bigint,
  unit_amount bigint,
  currency text NOT NULL,
  active boolean NOT NULL DEFAULT true,
  notes jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  provider_created_at timestamptz,
  synced_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (environment, plan_id)
);

CREATE TABLE payments.razorpay_orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  status text NOT NULL DEFAULT 'initialized'
    CHECK (status IN ('initialized', 'created', 'attempted', 'paid', 'failed')),
  subject_type text,
  subject_id text,
  customer_name text,
  customer_email text,
  customer_contact text,
  order_id text,
  receipt text,
  amount bigint NOT NULL,
  amount_paid bigint,
  amount_due bigint,
  currency text NOT NULL,
  attempts integer,
  verified_payment_id text,
  verified_at timestamptz,
  description text,
  callback_url text,
  notes jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX razorpay_orders_environment_order
  ON payments.razorpay_orders (environment, order_id)
  WHERE order_id IS NOT NULL;

CREATE TABLE payments.razorpay_subscriptions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  environment text NOT NULL CHECK (environment IN ('test', 'live')),
  subscription_id text NOT NULL,
  plan_id text NOT NULL,
  customer_id text,
  subject_type text,
  subject_id text,
  status text NOT NULL
    CHECK (status IN ('created', 'authenticated', 'active', 'pending', 'halted', 'cancelled',
      'completed', 'expired', 'paused')),
  current_start timestamptz,
  current_end timestamptz,
  ended_at timestamptz,
  quantity bigint,
  charge_at timestamptz,
  start_at timestamptz,
  end_at timestamptz,
  total_count bigint,
  auth_attempts bigint,
  paid_count bigint,
  remaining_count bigint,
  short_url text,
  has_scheduled_changes boolean NOT NULL DEFAULT false,
  change_scheduled_at timestamptz,
  offer_id text,
  authorization_payment_id text,
  authorization_verified_at timestamptz,
  notes jsonb NOT NULL DEFAULT '{}',
  raw jsonb NOT NULL DEFAULT '{}',
  provider_created_at timestamptz,
  synced_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (environment, subscription_id)
);

GRANT SELECT, INSERT ON payments.razorpay_orders TO anon;
GRANT SELECT, INSERT ON payments.razorpay_orders, payments.razorpay_subscriptions TO authenticated;
GRANT UPDATE (updated_at) ON payments.razorpay_subscriptions TO authenticated;
GRANT INSERT, UPDATE ON payments.razorpay_orders, payments.razorpay_subscriptions TO project_admin;

DO $$
DECLARE
  name regclass;
BEGIN
  FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'payments'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('CREATE TRIGGER updated_at BEFORE UPDATE ON %s
      FOR EACH ROW EXECUTE FUNCTION system.update_updated_at()', name);
  END LOOP;
END
$$;
`;
