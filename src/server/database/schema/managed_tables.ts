/**
 * The tables whose access rules belong to the app and all else to InsForge: `project_admin` writes
 * policies on them and switches row-level security, and may neither change nor drop them. The real
 * backend has an extension in C for this; here a role of their own owns them, of which
 * project_admin is a member, and triggers take back what that gives too much.
 */
export const MANAGED_TABLES_SQL = `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'insforge_managed') THEN
    CREATE ROLE insforge_managed NOLOGIN;
  END IF;
END
$$;
GRANT insforge_managed TO project_admin;
-- Foreign keys act as the owner of their table.
GRANT USAGE ON SCHEMA payments, realtime, storage TO insforge_managed;

CREATE FUNCTION system.refuse_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE insufficient_privilege USING MESSAGE = format('permission denied for table %s', TG_TABLE_NAME);
END
$$;

CREATE TABLE system.managed_tables (
  name regclass PRIMARY KEY,
  -- What project_admin may not do with the rows.
  refused text NOT NULL,
  -- What system.shape_of() answered last.
  shape text
);
INSERT INTO system.managed_tables (name, refused) VALUES
  ('storage.objects', 'INSERT OR UPDATE OR DELETE'),
  ('realtime.channels', ''),
  ('realtime.messages', 'UPDATE OR DELETE'),
  ('payments.stripe_checkout_sessions', 'UPDATE OR DELETE'),
  ('payments.stripe_customer_portal_sessions', 'UPDATE OR DELETE'),
  ('payments.razorpay_orders', 'DELETE'),
  ('payments.razorpay_subscriptions', 'DELETE');

DO $$
DECLARE
  managed record;
BEGIN
  FOR managed IN SELECT * FROM system.managed_tables LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO insforge_managed', managed.name);
    EXECUTE format('REVOKE TRUNCATE, REFERENCES, TRIGGER ON %s FROM insforge_managed', managed.name);
    CONTINUE WHEN managed.refused = '';
    EXECUTE format('CREATE TRIGGER refuse_project_admin BEFORE %s ON %s FOR EACH STATEMENT
      WHEN (current_user = ''project_admin'') EXECUTE FUNCTION system.refuse_write()',
      managed.refused, managed.name);
  END LOOP;
END
$$;

-- Changes with all of a table but its policies and grants, whether row-level security is on, and the
-- type of "sender_id", which apps with users of another system make text.
CREATE FUNCTION system.shape_of(managed regclass) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog AS $$
  SELECT md5(concat_ws('|', c.relname, c.relnamespace, c.relowner, c.relhasrules,
    (SELECT string_agg(concat(attname, CASE attname WHEN 'sender_id' THEN 0 ELSE atttypid END,
      atttypmod, attnotnull, atthasdef, attisdropped), ','
      ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0),
    (SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY oid) FROM pg_constraint
      WHERE conrelid = c.oid),
    (SELECT string_agg(indexrelid::text, ',' ORDER BY indexrelid) FROM pg_index
      WHERE indrelid = c.oid),
    (SELECT string_agg(concat(tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger
      WHERE tgrelid = c.oid AND tgname = 'refuse_project_admin')))
  FROM pg_class c WHERE c.oid = managed
$$;
UPDATE system.managed_tables SET shape = system.shape_of(name);

CREATE FUNCTION system.protect_managed_tables() RETURNS event_trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
DECLARE
  changed text;
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    UPDATE system.managed_tables SET shape = system.shape_of(name)
    WHERE shape IS DISTINCT FROM system.shape_of(name);
  ELSIF pg_has_role('insforge_managed', 'USAGE') THEN
    SELECT string_agg(name::text, ', ') INTO changed FROM system.managed_tables
    WHERE shape IS DISTINCT FROM system.shape_of(name);
    IF changed IS NOT NULL THEN
      RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', changed),
        HINT = 'Policies, row-level security and grants can be changed there, and nothing else.';
    END IF;
  END IF;
END
$$;
CREATE EVENT TRIGGER protect_managed_tables ON ddl_command_end
  WHEN TAG IN ('ALTER TABLE', 'DROP TABLE', 'CREATE INDEX', 'DROP INDEX', 'ALTER INDEX',
    'DROP TRIGGER', 'CREATE RULE', 'DROP OWNED', 'DROP SCHEMA')
  EXECUTE FUNCTION system.protect_managed_tables();
`;
