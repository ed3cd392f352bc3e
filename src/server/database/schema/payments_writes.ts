/**
 * What lets the backend write the tables of payments as the project's owner, so that the triggers
 * that the owner hangs on them run as the owner and not as the superuser. Other SQL of the owner's
 * is refused as before; the setting is a catch and no lock: the rows are the owner's own.
 */
export const PAYMENTS_WRITES_SQL = `
DO $$
DECLARE
  mirrored text;
BEGIN
  FOREACH mirrored IN ARRAY ARRAY['provider_connections', 'customers', 'customer_mappings',
    'transactions', 'webhook_events', 'stripe_products', 'stripe_prices', 'stripe_subscriptions',
    'stripe_subscription_items', 'stripe_checkout_sessions', 'stripe_customer_portal_sessions'] LOOP
    IF mirrored LIKE '%_sessions' THEN
      EXECUTE format('DROP TRIGGER refuse_project_admin ON payments.%I', mirrored);
    ELSE
      EXECUTE format('GRANT INSERT, UPDATE, DELETE ON payments.%I TO project_admin', mirrored);
    END IF;
    EXECUTE format('CREATE TRIGGER refuse_project_admin BEFORE %s ON payments.%I
      FOR EACH STATEMENT WHEN (current_user = ''project_admin''
        AND current_setting(''insforge.writes_payments'', true) IS DISTINCT FROM ''on'')
      EXECUTE FUNCTION system.refuse_write()',
      CASE WHEN mirrored LIKE '%_sessions' THEN 'UPDATE OR DELETE'
        ELSE 'INSERT OR UPDATE OR DELETE' END, mirrored);
  END LOOP;
END
$$;
`;
